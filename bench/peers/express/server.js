"use strict";
// DATABASE_URL or the PG… variables, PORT, WORKERS (1: this process serves; more: a cluster), BOOKING_EXPIRY_SECONDS.
const cluster = require("node:cluster");
const { Pool } = require("pg");
const { createApp } = require("./app");

const port = Number(process.env.PORT || 4000);
const workers = Number(process.env.WORKERS || 1);
const expirySeconds = Number(process.env.BOOKING_EXPIRY_SECONDS || 120);

function serve() {
  // idleTimeoutMillis 0: a pause between two slices must not cost this peer its connections.
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, idleTimeoutMillis: 0 });
  pool.on("error", (error) => console.error("idle connection lost:", error.message));
  createApp(pool, expirySeconds).listen(port, "127.0.0.1", 4096);
}

function leadWorkers() {
  for (let started = 0; started < workers; started += 1) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill("SIGTERM");
    process.exit(0);
  });
}

if (workers > 1 && cluster.isPrimary) leadWorkers();
else serve();
