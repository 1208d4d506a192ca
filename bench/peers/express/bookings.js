"use strict";
// The booking itself: one transaction of five round trips, serialised per slot by its row lock.
const { randomUUID } = require("node:crypto");

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function inTransaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const answer = await work(client);
    await client.query("COMMIT");
    return answer;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

function takeSeat(pool, slotId, name, contact) {
  return inTransaction(pool, async (client) => {
    const locked = await client.query("SELECT * FROM slots WHERE id = $1 FOR UPDATE", [slotId]);
    if (locked.rowCount === 0) throw new Refused(404, "Slot not found");

    const live = await client.query(
      "SELECT count(*)::int AS taken FROM bookings WHERE slot_id = $1 AND status IN ('PENDING', 'CONFIRMED')",
      [slotId],
    );
    if (live.rows[0].taken >= locked.rows[0].capacity) throw new Refused(409, "No available seat");

    const booking = { id: randomUUID(), status: "PENDING" };
    await client.query(
      `INSERT INTO bookings (id, slot_id, patient_name, patient_contact, status, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)`,
      [booking.id, slotId, name, contact, booking.status, new Date()],
    );
    return booking;
  });
}

// One timer a booking, in the memory of the process: a restart forgets them, as the design has it.
function expireLater(pool, bookingId, seconds) {
  setTimeout(() => {
    pool
      .query("UPDATE bookings SET status = 'FAILED', updated_at = now() WHERE id = $1 AND status = 'PENDING'", [bookingId])
      .catch((error) => console.error("expiry failed:", error.message));
  }, seconds * 1000);
}

async function freeSlots(pool, day) {
  const found = await pool.query(
    `SELECT s.id, s.doctor_id, s.start_time, s.end_time, s.capacity, s.capacity - count(b.id)::int AS available
       FROM slots s
       LEFT JOIN bookings b ON b.slot_id = s.id AND b.status IN ('PENDING', 'CONFIRMED')
      WHERE s.start_time >= $1::date AND s.start_time < $1::date + 1
      GROUP BY s.id
     HAVING count(b.id) < s.capacity
      ORDER BY s.start_time, s.id`,
    [day],
  );
  return found.rows;
}

module.exports = { Refused, takeSeat, expireLater, freeSlots };
