"""psycopg2 in front of the sidecar: prints a line for each step that went well."""

import io
import os
import threading

import psycopg2


def await_running(text):
    watcher = psycopg2.connect(
        port=os.environ["SERVER_PORT"], dbname=os.environ["SERVER_DATABASE"]
    )
    watcher.autocommit = True
    with watcher.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                " AND pid <> pg_backend_pid() AND datname = current_database()"
                " AND query LIKE %s",
                ("%" + text + "%",),
            )
            if cursor.fetchone()[0] > 0:
                break
    watcher.close()


def one(cursor, sql, *values):
    cursor.execute(sql, values)
    return cursor.fetchone()[0]


def main():
    connection = psycopg2.connect("")
    connection.autocommit = True
    cursor = connection.cursor()
    print("login")

    assert one(cursor, "SELECT 40 + 2") == 42
    assert one(cursor, "SELECT %s", "it's") == "it's"
    print("simple")

    cursor.execute("CREATE TABLE notes(n int)")
    connection.autocommit = False
    cursor.execute("INSERT INTO notes VALUES (%s)", (1,))
    connection.rollback()
    cursor.execute("INSERT INTO notes VALUES (%s)", (2,))
    connection.commit()
    connection.autocommit = True
    assert one(cursor, "SELECT sum(n) FROM notes") == 2
    print("transaction")

    try:
        cursor.execute("SELECT 1 / 0")
        raise AssertionError("no error")
    except psycopg2.errors.DivisionByZero as e:
        assert e.pgcode == "22012"
    assert one(cursor, "SELECT 1") == 1
    print("error")

    lines = "".join(f"{i}\n" for i in range(1000))
    cursor.copy_expert("COPY notes FROM STDIN", io.StringIO(lines))
    out = io.StringIO()
    cursor.copy_expert("COPY (SELECT n FROM notes OFFSET 1) TO STDOUT", out)
    assert out.getvalue() == lines
    print("copy")

    def cancel():
        await_running("pg_sleep(62)")
        connection.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    try:
        cursor.execute("SELECT pg_sleep(62)")
        raise AssertionError("not cancelled")
    except psycopg2.errors.QueryCanceled as e:
        assert e.pgcode == "57014"
    canceller.join()
    assert one(cursor, "SELECT 2") == 2
    print("cancel")

    connection.close()
    print("end")


main()
