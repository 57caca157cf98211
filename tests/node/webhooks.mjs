// Deliveries through the official Node SDK, snapshots and thin events; tests/api/test_node_webhooks.py runs this.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import Stripe from "stripe";

import { PENDING, connectFresh, refusal, until } from "./client.mjs";

const caught = [];
const receiver = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    caught.push({ signature: request.headers["stripe-signature"], body: Buffer.concat(pieces).toString() });
    response.writeHead(200).end();
  });
});

before(() => new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve)));
after(() => new Promise((resolve) => receiver.close(resolve)));

function url() {
  return `http://127.0.0.1:${receiver.address().port}/hooks`;
}

/** Returns the delivery of an event, once it has come. */
function delivery(id) {
  return until(() => caught.find(({ body }) => JSON.parse(body).id === id), `${id} to arrive`);
}

function createTopup(stripe) {
  return stripe.topups.create({ amount: 700, currency: "usd", source: PENDING });
}

function createDestination(stripe, more = {}) {
  return stripe.v2.core.eventDestinations.create({
    name: "Ledger",
    type: "webhook_endpoint",
    event_payload: "thin",
    enabled_events: ["v1.topup.created"],
    webhook_endpoint: { url: url() },
    include: ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
    ...more,
  });
}

test("a snapshot is verified and read", async () => {
  const stripe = connectFresh();
  const endpoint = await stripe.webhookEndpoints.create({ url: url(), enabled_events: ["topup.created"] });
  const topup = await createTopup(stripe);
  const [announced] = (await stripe.events.list({ type: "topup.created" })).data;
  const { body, signature } = await delivery(announced.id);
  const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret);
  assert.equal(event.data.object.id, topup.id);
  assert.equal(event.api_version, Stripe.API_VERSION);
  assert.throws(
    () => stripe.webhooks.constructEvent(body.replace("700", "7000"), signature, endpoint.secret),
    Stripe.errors.StripeSignatureVerificationError,
  );
  assert.throws(
    () => stripe.webhooks.constructEvent(body, signature, "whsec_other"),
    Stripe.errors.StripeSignatureVerificationError,
  );
});

test("a thin event is verified, looked up and followed to its object", async () => {
  const stripe = connectFresh();
  const destination = await createDestination(stripe);
  assert.match(destination.id, /^ed_[0-9A-Za-z]{24}$/);
  assert.equal(destination.webhook_endpoint.url, url());
  const topup = await createTopup(stripe);
  const [announced] = (await stripe.v2.core.events.list({ object_id: topup.id })).data;
  const { body, signature } = await delivery(announced.id);
  const secret = destination.webhook_endpoint.signing_secret;
  const notification = stripe.parseEventNotification(body, signature, secret);
  assert.equal(notification.type, "v1.topup.created");
  assert.equal(notification.related_object.id, topup.id);
  assert.equal((await notification.fetchRelatedObject()).id, topup.id);
  assert.equal((await notification.fetchEvent()).id, announced.id);
  const event = await stripe.v2.core.events.retrieve(announced.id);
  assert.equal((await event.fetchRelatedObject()).amount, 700);
  assert.throws(() => stripe.webhooks.constructEvent(body, signature, secret));
  assert.throws(() => stripe.parseEventNotification(body, signature, "whsec_other"));
});

test("a destination is listed, changed, pinged and deleted", async () => {
  const stripe = connectFresh();
  const { eventDestinations } = stripe.v2.core;
  for (const name of ["first", "second", "third"]) {
    await createDestination(stripe, { name });
  }
  const names = [];
  for await (const each of eventDestinations.list({ limit: 2, include: ["webhook_endpoint.url"] })) {
    assert.equal(each.webhook_endpoint.url, url());
    assert.equal(each.webhook_endpoint.signing_secret, null);
    names.push(each.name);
  }
  assert.deepEqual(names, ["third", "second", "first"]);
  const [{ id }] = (await eventDestinations.list()).data;
  assert.equal((await eventDestinations.update(id, { name: "fourth", description: "D" })).name, "fourth");
  assert.equal((await eventDestinations.disable(id)).status, "disabled");
  assert.equal((await eventDestinations.enable(id)).status, "enabled");
  const ping = await eventDestinations.ping(id);
  assert.equal(ping.type, "v2.core.event_destination.ping");
  await delivery(ping.id);
  assert.equal((await (await stripe.v2.core.events.retrieve(ping.id)).fetchRelatedObject()).name, "fourth");
  assert.equal((await eventDestinations.del(id)).id, id);
  const gone = await refusal(eventDestinations.retrieve(id));
  assert.ok(gone instanceof Stripe.errors.StripeInvalidRequestError);
  assert.equal(gone.statusCode, 404);
  assert.equal(gone.code, "not_found");
});

test("pages of events are turned one after the other", async () => {
  const stripe = connectFresh();
  const ids = [];
  for (let count = 0; count < 5; count += 1) {
    ids.unshift((await createTopup(stripe)).id);
  }
  const seen = [];
  for await (const event of stripe.v2.core.events.list({ limit: 2, types: ["v1.topup.created"] })) {
    seen.push(event.related_object.id);
  }
  assert.deepEqual(seen, ids);
});
