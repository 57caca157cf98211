// The whole surface through the official Node SDK; tests/api/test_node_sdk.py starts the server and runs this.

import assert from "node:assert/strict";
import { test } from "node:test";

import Stripe from "stripe";

import { PENDING, connect, connectFresh, refusal, until } from "./client.mjs";

const WISH = { amount: 1000, currency: "usd", source: PENDING };

/** A reply without what the SDK adds to it. */
function plain(reply) {
  return JSON.parse(JSON.stringify(reply));
}

test("a top-up is created, retrieved, updated and canceled", async () => {
  const stripe = connectFresh();
  const created = await stripe.topups.create({
    amount: 123456,
    currency: "USD",
    description: "Für die Woche ☃",
    metadata: { order_id: "6735", gone: "soon" },
    source: PENDING,
    statement_descriptor: "TOP-UP 6735",
    transfer_group: "group-1",
  });
  assert.match(created.id, /^tu_[0-9A-Za-z]{24}$/);
  assert.equal(created.currency, "usd");
  assert.equal(created.status, "pending");
  assert.equal(created.description, "Für die Woche ☃");
  assert.equal(created.balance_transaction, null);
  assert.deepEqual(Object.keys(plain(created)).slice(0, 3), ["id", "object", "amount"]);
  assert.deepEqual(plain(await stripe.topups.retrieve(created.id)), plain(created));

  const updated = await stripe.topups.update(created.id, { description: null, metadata: { gone: "", added: "1" } });
  assert.equal(updated.description, null);
  assert.deepEqual(plain(updated.metadata), { added: "1", order_id: "6735" });
  const cleared = await stripe.topups.update(created.id, { metadata: "" });
  assert.deepEqual(plain(cleared.metadata), {});

  const canceled = await stripe.topups.cancel(created.id);
  assert.equal(canceled.status, "canceled");
  const again = await refusal(stripe.topups.cancel(created.id));
  assert.ok(again instanceof Stripe.errors.StripeInvalidRequestError);
  assert.match(again.message, /^This top-up could not be canceled because it has a status of canceled\./);
});

test("a success is booked, announced and expanded", async () => {
  const stripe = connectFresh();
  const { id } = await stripe.topups.create({ ...WISH, source: "btok_us_verified" });
  const event = await until(
    async () => (await stripe.events.list({ type: "topup.succeeded" })).data[0],
    "topup.succeeded",
  );
  assert.equal(event.data.object.id, id);
  const topup = await stripe.topups.retrieve(id, { expand: ["balance_transaction.source"] });
  assert.equal(topup.balance_transaction.object, "balance_transaction");
  assert.equal(topup.balance_transaction.net, 1000);
  assert.equal(topup.balance_transaction.source.id, id);
  const [listed] = (await stripe.topups.list({ expand: ["data.balance_transaction"] })).data;
  assert.equal(listed.balance_transaction.id, topup.balance_transaction.id);
  const line = await stripe.balanceTransactions.retrieve(topup.balance_transaction.id);
  assert.equal(line.type, "topup");
  assert.equal((await stripe.balanceTransactions.list({ source: id })).data.length, 1);
  assert.equal((await stripe.balance.retrieve()).available[0].amount, 1000);
});

test("a failing token fails later with its code", async () => {
  const stripe = connectFresh();
  const { id, status } = await stripe.topups.create({ ...WISH, source: "btok_us_verified_insufficientFunds" });
  assert.equal(status, "pending");
  await until(async () => (await stripe.events.list({ type: "topup.failed" })).data[0], "topup.failed");
  const failed = await stripe.topups.retrieve(id);
  assert.equal(failed.status, "failed");
  assert.equal(failed.failure_code, "insufficient_funds");
  assert.deepEqual((await stripe.topups.list({ status: "failed" })).data.map((topup) => topup.id), [id]);
});

test("bank accounts go on file, are verified, pay and are detached", async () => {
  const stripe = connectFresh();
  const numbers = { account_number: "000123456789", routing_number: "110000000" };
  const method = await stripe.paymentMethods.create({
    type: "us_bank_account",
    us_bank_account: { ...numbers, account_holder_type: "individual" },
    billing_details: { name: "Jenny Rosen" },
  });
  assert.equal(method.us_bank_account.last4, "6789");
  assert.ok(!JSON.stringify(method).includes(numbers.account_number));
  const topup = await stripe.topups.create({
    amount: 700,
    currency: "usd",
    payment_method: method.id,
    expand: ["payment_method"],
  });
  assert.deepEqual(plain(topup.payment_method), plain(await stripe.paymentMethods.retrieve(method.id)));

  const token = await stripe.tokens.create({ bank_account: { ...numbers, account_number: "000987654321", country: "US" } });
  const source = await stripe.sources.create({ type: "ach_debit", token: token.id });
  assert.equal(source.status, "pending");
  const unverified = await refusal(stripe.topups.create({ amount: 700, currency: "usd", source: source.id }));
  assert.equal(unverified.code, "bank_account_unverified");
  assert.equal((await stripe.sources.verify(source.id, { values: ["32", "45"] })).status, "chargeable");
  const paid = await stripe.topups.create({ amount: 700, currency: "usd", source: source.id });
  assert.equal(paid.source.id, source.id);

  await stripe.paymentMethods.detach(method.id);
  assert.deepEqual((await stripe.paymentMethods.list()).data, []);
});

test("paging meets each of many equal seconds once, in both directions", async () => {
  const stripe = connect(process.env.CROWD_KEY);
  const oldestFirst = JSON.parse(process.env.CROWD_IDS);
  const newestFirst = [...oldestFirst].reverse();

  const first = await stripe.topups.list();
  assert.equal(first.data.length, 10);
  assert.equal(first.has_more, true);
  assert.equal(first.url, "/v1/topups");

  const older = [];
  await stripe.topups.list({ limit: 70 }).autoPagingEach((topup) => {
    older.push(topup.id);
  });
  assert.deepEqual(older, newestFirst);

  const newer = [];
  await stripe.topups.list({ limit: 70, ending_before: oldestFirst[0] }).autoPagingEach((topup) => {
    newer.push(topup.id);
  });
  assert.deepEqual(newer, oldestFirst.slice(1));

  const some = await stripe.topups.list({ limit: 30, amount: { gte: 21, lt: 121 } }).autoPagingToArray({ limit: 1000 });
  assert.deepEqual(some.map((topup) => topup.id), oldestFirst.slice(20, 120).reverse());

  const awaited = [];
  for await (const topup of stripe.topups.list({ limit: 100, created: { lte: first.data[0].created } })) {
    awaited.push(topup.id);
  }
  assert.deepEqual(awaited, newestFirst);
});

test("one key at the same moment makes one top-up and one body", async () => {
  const stripe = connectFresh();
  for (let round = 0; round < 5; round += 1) {
    const idempotencyKey = `round-${round}`;
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => stripe.topups.create({ ...WISH, amount: 100 + round }, { idempotencyKey })),
    );
    for (const reply of replies) {
      assert.deepEqual(plain(reply), plain(replies[0]));
    }
    const firsts = replies.filter((reply) => reply.lastResponse.headers["idempotent-replayed"] !== "true");
    assert.equal(firsts.length, 1);
    for (const reply of replies) {
      assert.equal(reply.lastResponse.headers["original-request"], firsts[0].lastResponse.requestId);
    }
  }
  assert.equal((await stripe.topups.list({ limit: 100 })).data.length, 5);
});

test("creates at the same moment make one top-up each", async () => {
  const stripe = connectFresh();
  const made = await Promise.all(Array.from({ length: 100 }, () => stripe.topups.create(WISH)));
  const listed = await stripe.topups.list({ limit: 50 }).autoPagingToArray({ limit: 1000 });
  assert.deepEqual(listed.map((topup) => topup.id).sort(), made.map((topup) => topup.id).sort());
});

test("the last response tells of request, version, account and key", async () => {
  const stripe = connect(process.env.PLATFORM_KEY);
  const stripeAccount = process.env.CONNECTED_ACCOUNT;
  const options = { idempotencyKey: "the-key", stripeAccount, apiVersion: "2024-09-30.acacia" };
  const { lastResponse, id } = await stripe.topups.create(WISH, options);
  assert.match(lastResponse.requestId, /^req_[0-9A-Za-z]{14}$/);
  assert.equal(lastResponse.statusCode, 200);
  assert.equal(lastResponse.apiVersion, "2024-09-30.acacia");
  assert.equal(lastResponse.stripeAccount, stripeAccount);
  assert.equal(lastResponse.idempotencyKey, "the-key");
  assert.equal((await stripe.topups.list({}, { stripeAccount })).data[0].id, id);
  assert.equal((await stripe.topups.list()).data.length, 0);
  const { lastResponse: newest } = await stripe.topups.list();
  assert.equal(newest.apiVersion, Stripe.API_VERSION);
});

test("a platform makes an account, names it, acts for it and finds it again", async () => {
  const stripe = connectFresh();
  const made = await stripe.accounts.create({
    type: "custom",
    country: "FR",
    business_profile: { name: "Kiosque" },
    metadata: { shop: "7" },
  });
  assert.match(made.id, /^acct_[0-9A-Za-z]{16}$/);
  assert.deepEqual([made.object, made.type, made.country, made.default_currency], ["account", "custom", "FR", "usd"]);
  assert.deepEqual(plain(await stripe.accounts.retrieve(made.id)), plain(made));
  const renamed = await stripe.accounts.update(made.id, { business_profile: { name: "Boutique" }, email: "a@b.fr" });
  assert.deepEqual([renamed.business_profile.name, renamed.email], ["Boutique", "a@b.fr"]);

  const second = await stripe.accounts.create();
  const listed = await stripe.accounts.list({ limit: 1 });
  assert.deepEqual([listed.data[0].id, listed.has_more], [second.id, true]);
  assert.deepEqual((await stripe.accounts.list({ starting_after: second.id })).data.map((each) => each.id), [made.id]);

  const own = await stripe.accounts.retrieveCurrent();
  assert.notEqual(own.id, made.id);
  assert.equal((await stripe.accounts.retrieveCurrent({}, { stripeAccount: made.id })).id, made.id);
  await stripe.topups.create(WISH, { stripeAccount: made.id });
  const [event] = (await stripe.events.list({}, { stripeAccount: made.id })).data;
  assert.deepEqual([event.type, event.account], ["topup.created", made.id]);
  assert.equal((await stripe.events.list()).data.length, 0);
});

const REFUSALS = {
  "an unknown key": {
    ask: () => connect(`sk_test_${"unknown0".repeat(4)}`).topups.list(),
    class: Stripe.errors.StripeAuthenticationError,
    shape: { statusCode: 401, rawType: "invalid_request_error", code: undefined },
  },
  "a revoked key": {
    ask: () => connect(process.env.REVOKED_KEY).topups.list(),
    class: Stripe.errors.StripeAuthenticationError,
    shape: { statusCode: 401, code: "api_key_expired" },
  },
  "a restricted key": {
    ask: () => connect(process.env.RESTRICTED_KEY).topups.create(WISH),
    class: Stripe.errors.StripePermissionError,
    shape: { statusCode: 403, code: undefined },
  },
  "a foreign account": {
    ask: () => connectFresh().topups.list({}, { stripeAccount: process.env.FOREIGN_ACCOUNT }),
    class: Stripe.errors.StripePermissionError,
    shape: { statusCode: 403, code: "account_invalid" },
  },
  "a bad parameter": {
    ask: () => connectFresh().topups.create({ ...WISH, amount: "abc" }),
    class: Stripe.errors.StripeInvalidRequestError,
    shape: {
      statusCode: 400,
      code: "parameter_invalid_integer",
      param: "amount",
      message: "Invalid integer: abc",
      doc_url: "https://stripe.com/docs/error-codes/parameter-invalid-integer",
    },
  },
  "an unknown id": {
    ask: () => connectFresh().topups.retrieve("tu_x"),
    class: Stripe.errors.StripeInvalidRequestError,
    shape: { statusCode: 404, code: "resource_missing", param: "topup", message: "No such topup: 'tu_x'" },
  },
  "a key for two requests": {
    ask: async () => {
      const stripe = connectFresh();
      await stripe.topups.create(WISH, { idempotencyKey: "once" });
      return stripe.topups.create({ ...WISH, amount: 5 }, { idempotencyKey: "once" });
    },
    class: Stripe.errors.StripeIdempotencyError,
    shape: { statusCode: 400, rawType: "idempotency_error" },
  },
};

for (const [cause, expected] of Object.entries(REFUSALS)) {
  test(`${cause} is refused as a ${expected.class.name}`, async () => {
    const error = await refusal(expected.ask());
    assert.ok(error instanceof expected.class, error.stack);
    for (const [name, value] of Object.entries(expected.shape)) {
      assert.equal(error[name], value, name);
    }
    if (error.statusCode === 401) assert.equal(error.requestId, undefined);
    else assert.match(error.requestId, /^req_[0-9A-Za-z]{14}$/);
  });
}

test("no server at all is a StripeConnectionError", async () => {
  const stripe = connect("sk_test_nobodylistens", { port: process.env.SILENT_PORT });
  assert.ok((await refusal(stripe.topups.list())) instanceof Stripe.errors.StripeConnectionError);
});

test("an account's time is frozen, advanced and given back", async () => {
  const stripe = connectFresh();
  const frozenTime = Date.UTC(2026, 6, 1, 16) / 1000;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozenTime, name: "of a test" });
  assert.equal(clock.status, "ready");
  const { id } = await stripe.topups.create({ amount: 700, currency: "eur" });
  const moving = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozenTime + 30 * 86400 });
  assert.equal(moving.status_details.advancing.target_frozen_time, frozenTime + 30 * 86400);
  await until(
    async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === "ready",
    "the clock to arrive",
  );
  const topup = await stripe.topups.retrieve(id, { expand: ["balance_transaction"] });
  assert.equal(topup.status, "succeeded");
  assert.equal(topup.balance_transaction.created, topup.expected_availability_date);
  const lines = await stripe.balanceTransactions.list({ source: id, type: "topup", currency: "eur" });
  assert.deepEqual(lines.data.map((line) => line.net), [700]);
  const events = await stripe.events.list({ type: "balance.available" });
  assert.equal(events.data[0].data.object.available[0].amount, 700);
  const deleted = await stripe.testHelpers.testClocks.del(clock.id);
  assert.equal(deleted.deleted, true);
  assert.deepEqual((await stripe.testHelpers.testClocks.list()).data, []);
});

test("an outcome is forced by a raw request", async () => {
  const stripe = connectFresh();
  const { id } = await stripe.topups.create(WISH);
  const failed = await stripe.rawRequest("POST", `/v1/test_helpers/topups/${id}/fail`, { failure_code: "no_account" });
  assert.equal(failed.status, "failed");
  assert.equal(failed.failure_code, "no_account");
});

test("a webhook endpoint is created with its secret, changed, listed and deleted", async () => {
  const stripe = connectFresh();
  const url = "https://example.com/hooks";
  const { secret, ...made } = plain(await stripe.webhookEndpoints.create({ url, enabled_events: ["topup.created", "*"] }));
  assert.match(secret, /^whsec_[0-9A-Za-z]{43}$/);
  assert.deepEqual(plain(await stripe.webhookEndpoints.retrieve(made.id)), made);
  const changed = await stripe.webhookEndpoints.update(made.id, { disabled: true, metadata: { a: "b" } });
  assert.equal(changed.status, "disabled");
  assert.deepEqual((await stripe.webhookEndpoints.list()).data.map((each) => plain(each)), [plain(changed)]);
  const rolled = await stripe.rawRequest("POST", `/v1/webhook_endpoints/${made.id}/roll_secret`, { expires_in: 60 });
  assert.notEqual(rolled.secret, secret);
  assert.equal((await stripe.webhookEndpoints.del(made.id)).deleted, true);
  const unknown = await refusal(stripe.webhookEndpoints.create({ url, enabled_events: ["charge.suceeded"] }));
  assert.equal(unknown.param, "enabled_events[0]");
});
