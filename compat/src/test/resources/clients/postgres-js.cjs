// postgres.js in front of the sidecar: prints a line for each step that went well.
'use strict';
const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const postgres = require('postgres');

const options = { onnotice: () => {} };
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
  const watcher = postgres({ ...options, ...server, max: 1 });
  for (;;) {
    const [{ n }] = await watcher`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = ${server.database}
        AND query LIKE ${`%${text}%`}`;
    if (n > 0) break;
  }
  await watcher.end();
};

const main = async () => {
  const sql = postgres({ ...options, max: 1 });
  assert.equal((await sql`SELECT 1 AS n`)[0].n, 1);
  done('login');

  assert.equal((await sql`SELECT 40 + 2 AS answer`.simple())[0].answer, 42);
  done('simple');

  for (let i = 0; i < 8; i++) {
    assert.equal((await sql`SELECT ${i}::int + 1 AS n`)[0].n, i + 1);
  }
  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => sql`SELECT ${i}::int AS n`));
  assert.deepEqual(many.map((rows) => rows[0].n), Array.from({ length: 20 }, (_, i) => i));
  done('prepared');

  await sql`CREATE TABLE notes(n int)`;
  await assert.rejects(
    sql.begin(async (tx) => {
      await tx`INSERT INTO notes VALUES (${1})`;
      throw new Error('not today');
    }),
    /not today/,
  );
  await sql.begin((tx) => tx`INSERT INTO notes VALUES (${2})`);
  assert.equal((await sql`SELECT sum(n)::int AS n FROM notes`)[0].n, 2);
  done('transaction');

  assert.equal(await codeOf(sql`SELECT 1 / 0`), '22012');
  assert.equal(await codeOf(sql`SELECT 1 / ${0}::int`), '22012');
  assert.equal((await sql`SELECT 1 AS n`)[0].n, 1);
  done('error');

  const lines = Array.from({ length: 1000 }, (_, i) => `${i}\n`);
  await pipeline(Readable.from(lines), await sql`COPY notes FROM STDIN`.writable());
  let out = '';
  for await (const chunk of await sql`COPY (SELECT n FROM notes OFFSET 1) TO STDOUT`.readable()) {
    out += chunk;
  }
  assert.equal(out, lines.join(''));
  done('copy');

  const query = sql`SELECT pg_sleep(62)`;
  const ended = codeOf(query);
  await awaitRunning('pg_sleep(62)');
  await query.cancel();
  assert.equal(await ended, '57014');
  assert.equal((await sql`SELECT 2 AS n`)[0].n, 2);
  done('cancel');

  await sql.end();
  done('end');
};

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
