// node-postgres in front of the sidecar: prints a line for each step that went well.
'use strict';
const assert = require('node:assert/strict');
const { Readable, Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { Client } = require('pg');
const copy = require('pg-copy-streams');

const server = { port: Number(process.env.SERVER_PORT), database: process.env.SERVER_DATABASE };
const done = (step) => console.log(step);

const codeOf = async (promise) => {
  try {
    await promise;
    return '';
  } catch (e) {
    return e.code;
  }
};

const awaitRunning = async (text) => {
  const watcher = new Client(server);
  await watcher.connect();
  for (;;) {
    const { rows } = await watcher.query(
      'SELECT count(*)::int AS n FROM pg_stat_activity' +
        " WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = $1 AND query LIKE $2",
      [server.database, `%${text}%`],
    );
    if (rows[0].n > 0) break;
  }
  await watcher.end();
};

const main = async () => {
  const client = new Client();
  await client.connect();
  done('login');

  const { rows } = await client.query('SELECT 40 + 2 AS answer');
  assert.equal(rows[0].answer, 42);
  done('simple');

  for (let i = 0; i < 8; i++) {
    const query = { name: 'increment', text: 'SELECT $1::int + 1 AS n', values: [i] };
    assert.equal((await client.query(query)).rows[0].n, i + 1);
    assert.equal((await client.query('SELECT $1::text AS t', [`text ${i}`])).rows[0].t, `text ${i}`);
  }
  done('prepared');

  await client.query('CREATE TABLE notes(n int)');
  await client.query('BEGIN');
  await client.query('INSERT INTO notes VALUES ($1)', [1]);
  await client.query('ROLLBACK');
  await client.query('BEGIN');
  await client.query('INSERT INTO notes VALUES ($1)', [2]);
  await client.query('COMMIT');
  assert.equal((await client.query('SELECT sum(n)::int AS n FROM notes')).rows[0].n, 2);
  done('transaction');

  assert.equal(await codeOf(client.query('SELECT 1 / 0')), '22012');
  assert.equal(await codeOf(client.query('SELECT 1 / $1::int', [0])), '22012');
  assert.equal((await client.query('SELECT 1 AS n')).rows[0].n, 1);
  done('error');

  const lines = Array.from({ length: 1000 }, (_, i) => `${i}\n`);
  await pipeline(Readable.from(lines), client.query(copy.from('COPY notes FROM STDIN')));
  let out = '';
  const sink = new Writable({
    write(chunk, _encoding, next) {
      out += chunk;
      next();
    },
  });
  await pipeline(client.query(copy.to('COPY (SELECT n FROM notes OFFSET 1) TO STDOUT')), sink);
  assert.equal(out, lines.join(''));
  done('copy');

  const query = new (require('pg').Query)('SELECT pg_sleep(62)');
  const ended = new Promise((resolve) => query.on('error', (e) => resolve(e.code)));
  client.query(query);
  await awaitRunning('pg_sleep(62)');
  new Client().cancel(client, query);
  assert.equal(await ended, '57014');
  assert.equal((await client.query('SELECT 2 AS n')).rows[0].n, 2);
  done('cancel');

  await client.end();
  done('end');
};

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
