package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SluiceDataSource;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** jOOQ. */
class JooqTest extends FrameworkTest {
  private static final Table<?> BOOK = table(name("book"));
  private static final Field<Integer> ID = field(name("id"), SQLDataType.INTEGER);

  private SluiceDataSource pool;
  private DSLContext db;

  @BeforeAll
  static void quietly() {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  private void use(SluiceDataSource opened) {
    pool = opened;
    db = DSL.using(opened, dialect());
    db.createTable(BOOK).column(ID).primaryKey(ID).execute();
  }

  private SQLDialect dialect() {
    return engine == Engine.H2 ? SQLDialect.H2 : SQLDialect.POSTGRES;
  }

  private static void insert(DSLContext db, int id) {
    db.insertInto(BOOK, ID).values(id).execute();
  }

  private List<Integer> books() {
    return db.select(ID).from(BOOK).orderBy(ID).fetch(ID);
  }

  @Test
  void documentedSetUpWorks() {
    SluiceDataSource dataSource = pool();
    SQLDialect dialect = dialect();
    // tag::jooq[]
    DSLContext db = DSL.using(dataSource, dialect);

    int answer = db.transactionResult(tx -> tx.dsl().selectOne().fetchSingle().value1());
    // end::jooq[]
    assertThat(answer).isEqualTo(1);
  }

  @Test
  void transactionsCommitAndRollBack() {
    use(pool());

    db.transaction(tx -> insert(tx.dsl(), 1));
    assertThatThrownBy(
            () ->
                db.transaction(
                    tx -> {
                      insert(tx.dsl(), 2);
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(books()).containsExactly(1);
  }

  @Test
  void nestedTransactionIsASavepointOnTheSameConnection() {
    use(pool());

    db.transaction(
        outer -> {
          insert(outer.dsl(), 1);
          assertThatThrownBy(() -> outer.dsl().transaction(inner -> insertTwice(inner.dsl())))
              .isInstanceOf(IntegrityConstraintViolationException.class);
          insert(outer.dsl(), 3);
          assertThat(pool.stats().active()).isEqualTo(1);
        });

    assertThat(books()).containsExactly(1, 3);
  }

  private static void insertTwice(DSLContext db) {
    insert(db, 2);
    insert(db, 2);
  }

  @Test
  void lazyCursorKeepsItsConnectionUntilItIsClosed() {
    use(pool());
    insert(db, 1);
    insert(db, 2);

    try (Cursor<Record1<Integer>> cursor = db.select(ID).from(BOOK).fetchSize(1).fetchLazy()) {
      assertThat(cursor.fetchNext()).isNotNull();
      assertThat(pool.stats().active()).isEqualTo(1);
    }

    assertThat(pool.stats().active()).isZero();
  }

  @Test
  void cursorReadToItsEndGivesItsConnectionBack() {
    use(pool());
    insert(db, 1);

    try (Stream<Record1<Integer>> rows = db.select(ID).from(BOOK).fetchStream()) {
      assertThat(rows).hasSize(1);
      assertThat(pool.stats().active()).isZero();
    }
  }

  @Test
  void batchIsOneLease() {
    use(pool());
    long before = pool.stats().acquired();

    int[] counts =
        db.batch(db.insertInto(BOOK, ID).values((Integer) null)).bind(1).bind(2).bind(3).execute();

    assertThat(counts).containsExactly(1, 1, 1);
    assertThat(pool.stats().acquired()).isEqualTo(before + 1);
    assertThat(books()).containsExactly(1, 2, 3);
  }

  @Test
  void exhaustedPoolIsTold() {
    use(impatientPool(1));

    db.transaction(
        tx -> {
          insert(tx.dsl(), 1);
          assertThatThrownBy(this::books)
              .isInstanceOf(DataAccessException.class)
              .hasCauseInstanceOf(PoolExhaustedException.class);
        });

    assertThat(books()).containsExactly(1);
  }
}
