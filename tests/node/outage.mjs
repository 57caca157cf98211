// What the official Node SDK makes of a service whose database is away: one refusal, and one success by retrying.

import assert from "node:assert/strict";

import Stripe from "stripe";

import { PENDING, connect, refusal } from "./client.mjs";

const WISH = { amount: 1000, currency: "usd", source: PENDING };

const error = await refusal(connect(process.env.TEST_KEY).topups.create(WISH));
assert.ok(error instanceof Stripe.errors.StripeAPIError, error.stack);
assert.equal(error.statusCode, 503);
assert.equal(error.headers["stripe-should-retry"], "true");
console.log("refused"); // from here on the database may come back

const topup = await connect(process.env.TEST_KEY, { maxNetworkRetries: 6 }).topups.create(WISH);
console.log(topup.id);
process.exit(); // the SDK leaves refused replies unread, whose connections would keep Node alive
