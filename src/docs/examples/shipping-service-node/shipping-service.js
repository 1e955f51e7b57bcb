// The shipping service in another language. It has a Kafka client, a PostgreSQL client, and src/docs/contract.md.
//
//   KAFKA_BROKERS=localhost:9092 DATABASE_URL=postgres://localhost/shipping node shipping-service.js
//
// Any number of instances may run on one database. Any of them may be killed at any time.
'use strict';

const {randomUUID} = require('node:crypto');
const {setTimeout: sleep} = require('node:timers/promises');
const {Kafka, Partitioners, logLevel} = require('kafkajs');
const {Pool} = require('pg');
const {keysOf, open} = require('./sensitive-fields.js');

const SERVICE = 'shipping-service';
const COMMANDS = `${SERVICE}-commands`;
const COMPENSATIONS = 'compensation-commands';
const REPLIES = 'saga-replies';
const NOT_SHIPPABLE = ['AQ'];
const ATTEMPTS = 3;
const DELAY_MILLIS = 500;
const SENSITIVE_KEYS = keysOf(process.env.SENSITIVE_KEYS);

const database = new Pool({connectionString: process.env.DATABASE_URL});
database.on('error', (failure) => console.warn(`A connection to the database is gone: ${failure.message}`));
const kafka = new Kafka({
  clientId: SERVICE,
  brokers: (process.env.KAFKA_BROKERS || 'localhost:9092').split(','),
  logLevel: logLevel.WARN,
});
// This partitioner puts a key where Kafka's Java producer puts it, as the contract asks.
const producer = kafka.producer({createPartitioner: Partitioners.DefaultPartitioner});
const consumer = kafka.consumer({groupId: SERVICE, sessionTimeout: 10000});

const TABLES = `
  create schema if not exists node_shipping;
  create table if not exists node_shipping.shipments (
    order_id        varchar(64) primary key,
    tracking_number varchar(64) not null,
    country         char(2)     not null,
    status          varchar(16) not null
  );
  create table if not exists node_shipping.saga_inbox (
    saga_id            varchar(200) not null,
    step               varchar(120) not null,
    action_reply       text,
    compensation_reply text,
    primary key (saga_id, step)
  )`;

// ---- the business: it knows nothing of sagas --------------------------------------------------------------------

class NotShippable extends Error {}

async function prepare(db, order) {
  if (NOT_SHIPPABLE.includes(order.country)) {
    throw new NotShippable(`Order ${order.orderId} cannot be shipped to ${order.country}`);
  }
  const trackingNumber = `NODE-${randomUUID()}`;
  await db.query(
      `insert into node_shipping.shipments (order_id, tracking_number, country, status)
       values ($1, $2, $3, 'PREPARED')`,
      [order.orderId, trackingNumber, order.country]);
  return {orderId: order.orderId, trackingNumber, status: 'PREPARED'};
}

async function cancel(db, {orderId}) {
  await db.query(`update node_shipping.shipments set status = 'CANCELLED' where order_id = $1`, [orderId]);
  return {orderId, status: 'CANCELLED'};
}

// ---- once in effect: the inbox row and the change of the business are one transaction ----------------------------

async function once(command, handle) {
  const db = await database.connect();
  try {
    await db.query('begin');
    const step = [command.sagaId, command.step];
    // The row is a lock: a duplicate waits here until the first one has committed.
    await db.query('insert into node_shipping.saga_inbox (saga_id, step) values ($1, $2) on conflict do nothing', step);
    const found = await db.query(
        'select * from node_shipping.saga_inbox where saga_id = $1 and step = $2 for update', step);
    const reply = await handle(db, found.rows[0], command);
    await db.query('commit');
    return reply;
  } catch (failure) {
    await db.query('rollback');
    throw failure;
  } finally {
    db.release();
  }
}

async function act(db, row, command) {
  if (row.action_reply) {
    return JSON.parse(row.action_reply);
  }
  if (row.compensation_reply) {
    return failed(command, 'ALREADY_COMPENSATED', `${command.command} came after its compensation`);
  }
  let reply;
  try {
    reply = success(command, await prepare(db, command.data));
  } catch (failure) {
    if (!(failure instanceof NotShippable)) {
      throw failure; // technical trouble: rolled back
    }
    reply = failed(command, 'NOT_SHIPPABLE', failure.message);
  }
  return remember(db, 'action_reply', reply);
}

async function undo(db, row, command) {
  if (row.compensation_reply) {
    return JSON.parse(row.compensation_reply);
  }
  const tookEffect = row.action_reply && JSON.parse(row.action_reply).status === 'SUCCESS';
  const result = tookEffect ? await cancel(db, command.data) : null;
  return remember(db, 'compensation_reply', success(command, result));
}

async function remember(db, column, reply) {
  await db.query(
      `update node_shipping.saga_inbox set ${column} = $3 where saga_id = $1 and step = $2`,
      [reply.sagaId, reply.step, JSON.stringify(reply)]);
  return reply;
}

function success({sagaId, step, command}, result) {
  return {sagaId, step, command, status: 'SUCCESS', result};
}

function failed({sagaId, step, command}, code, error) {
  return {sagaId, step, command, status: 'FAILED', error, code};
}

function unknown({sagaId, step, command}, error) {
  return {sagaId, step, command, status: 'FAILED', error, outcome: 'UNKNOWN'};
}

// ---- Kafka: a command is committed when this function has returned, which is after its reply is acknowledged ------

async function work({topic, partition, message}) {
  let command;
  try {
    command = read(message.value);
  } catch (failure) {
    return bury(topic, partition, message, failure.message);
  }
  if (command.service !== SERVICE) {
    return; // all services read the compensations
  }
  const handle = {PrepareShipping: act, CancelShipping: undo}[command.command];
  if (!handle) {
    const reason = `${SERVICE} knows no command ${command.command}`;
    await bury(topic, partition, message, reason);
    return answer(failed(command, 'UNKNOWN_COMMAND', reason), message);
  }
  let reply;
  for (let attempt = 1; !reply; attempt++) {
    try {
      reply = await once(command, handle);
    } catch (failure) {
      if (attempt < ATTEMPTS) {
        await sleep(DELAY_MILLIS * attempt);
      } else {
        await bury(topic, partition, message, `attempt ${attempt} of ${ATTEMPTS}: ${failure.message}`);
        reply = unknown(command, failure.message);
      }
    }
  }
  await answer(reply, message);
}

function read(value) {
  const command = JSON.parse(value.toString('utf8'));
  for (const field of ['sagaId', 'step', 'service', 'command']) {
    if (typeof command[field] !== 'string' || !command[field]) {
      throw new Error(`Field '${field}' is missing or no text`);
    }
  }
  command.data = open(command.data, SENSITIVE_KEYS);
  return command;
}

function answer(reply, message) {
  const headers = {'saga-service': SERVICE};
  const token = message.headers?.['saga-reply-token'];
  if (token) {
    headers['saga-reply-token'] = token; // it shows that the command was read by who answers
  }
  return producer.send({
    topic: REPLIES, acks: -1, messages: [{key: reply.sagaId, value: JSON.stringify(reply), headers}],
  });
}

function bury(topic, partition, message, reason) {
  console.warn(`Dead letter: ${topic} partition ${partition} offset ${message.offset}: ${reason}`);
  const headers = {
    ...message.headers,
    'dlq-reason': reason,
    'dlq-topic': topic,
    'dlq-partition': String(partition),
    'dlq-offset': message.offset,
    'dlq-timestamp': message.timestamp,
  };
  return producer.send({
    topic: `${topic}-dlq`, acks: -1, messages: [{key: message.key, value: message.value, headers}],
  });
}

async function createTopics() {
  const admin = kafka.admin();
  await admin.connect();
  const known = await admin.listTopics();
  const missing = [COMMANDS, COMPENSATIONS, REPLIES, `${COMMANDS}-dlq`, `${COMPENSATIONS}-dlq`]
      .filter((topic) => !known.includes(topic));
  if (missing.length > 0) {
    await admin.createTopics({topics: missing.map((topic) => ({topic, numPartitions: 4}))});
  }
  await admin.disconnect();
}

async function main() {
  await database.query(TABLES);
  await createTopics();
  await producer.connect();
  await consumer.connect();
  consumer.on(consumer.events.GROUP_JOIN, () => console.log('ready'));
  await consumer.subscribe({topics: [COMMANDS, COMPENSATIONS], fromBeginning: true});
  await consumer.run({partitionsConsumedConcurrently: 4, eachMessage: work});
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await consumer.disconnect();
    await producer.disconnect();
    await database.end();
  });
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
