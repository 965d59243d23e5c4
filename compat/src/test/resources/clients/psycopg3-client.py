"""psycopg 3 in front of the sidecar: prints a line for each step that went well."""

import os
import threading

import psycopg


def await_running(text):
    watcher = psycopg.connect(
        port=os.environ["SERVER_PORT"],
        dbname=os.environ["SERVER_DATABASE"],
        autocommit=True,
    )
    while True:
        count = watcher.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            " AND pid <> pg_backend_pid() AND datname = current_database()"
            " AND query LIKE %s",
            ("%" + text + "%",),
        ).fetchone()[0]
        if count > 0:
            break
    watcher.close()


def main():
    connection = psycopg.connect("", autocommit=True)

    def one(sql, *values, prepare=None):
        return connection.execute(sql, values, prepare=prepare).fetchone()[0]

    print("login")

    assert one("SELECT 40 + 2") == 42
    print("simple")

    for i in range(8):
        assert one("SELECT %s::int + 1", i, prepare=True) == i + 1
        assert one("SELECT %s::text", f"text {i}", prepare=False) == f"text {i}"
    print("prepared")

    connection.execute("CREATE TABLE notes(n int)")
    try:
        with connection.transaction():
            connection.execute("INSERT INTO notes VALUES (%s)", (1,))
            raise ValueError("not today")
    except ValueError:
        pass
    with connection.transaction():
        connection.execute("INSERT INTO notes VALUES (%s)", (2,))
    assert one("SELECT sum(n) FROM notes") == 2
    print("transaction")

    for sql, values in (("SELECT 1 / 0", None), ("SELECT 1 / %s::int", (0,))):
        try:
            connection.execute(sql, values)
            raise AssertionError("no error")
        except psycopg.errors.DivisionByZero as e:
            assert e.sqlstate == "22012"
    assert one("SELECT 1") == 1
    print("error")

    cursor = connection.cursor()
    with cursor.copy("COPY notes FROM STDIN") as copy:
        for i in range(1000):
            copy.write_row((i,))
    with cursor.copy("COPY (SELECT n FROM notes OFFSET 1) TO STDOUT") as copy:
        out = b"".join(bytes(block) for block in copy)
    assert out == "".join(f"{i}\n" for i in range(1000)).encode()
    print("copy")

    def cancel():
        await_running("pg_sleep(62)")
        connection.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    try:
        connection.execute("SELECT pg_sleep(62)")
        raise AssertionError("not cancelled")
    except psycopg.errors.QueryCanceled as e:
        assert e.sqlstate == "57014"
    canceller.join()
    assert one("SELECT 2") == 2
    print("cancel")

    connection.close()
    print("end")


main()
