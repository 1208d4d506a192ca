"use strict";
const express = require("express");
const { Refused, takeSeat, expireLater, freeSlots } = require("./bookings");

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

// Express 4 does not follow a promise by itself: hand its failure to the error handler.
const followed = (handler) => (request, response, next) => handler(request, response).catch(next);

function patientFrom(body) {
  const { patient_name: name, patient_contact: contact } = body;
  if (typeof name !== "string" || name.trim() === "") throw new Refused(400, "Invalid patient_name");
  if (contact !== undefined && typeof contact !== "string") throw new Refused(400, "Invalid patient_contact");
  return { name: name.trim(), contact: contact === undefined ? null : contact.trim() };
}

function answerError(error, request, response, _next) {
  const status = error.status || 500;
  if (status === 500) console.error(error);
  response.status(status).json({ error: status === 500 ? "server error" : error.message });
}

function createApp(pool, expirySeconds) {
  const app = express();
  app.use(express.json());

  app.get("/health", (_request, response) => response.json({ status: "ok" }));

  app.get(
    "/api/slots",
    followed(async (request, response) => {
      if (!DAY.test(request.query.date || "")) throw new Refused(400, "Invalid date");
      response.json(await freeSlots(pool, request.query.date));
    }),
  );

  app.post(
    "/api/slots/:id/book",
    followed(async (request, response) => {
      if (!UUID.test(request.params.id)) throw new Refused(404, "Slot not found");
      const { name, contact } = patientFrom(request.body);
      const booking = await takeSeat(pool, request.params.id, name, contact);
      expireLater(pool, booking.id, expirySeconds);
      response.status(201).json(booking);
    }),
  );

  app.use(answerError);
  return app;
}

module.exports = { createApp };
