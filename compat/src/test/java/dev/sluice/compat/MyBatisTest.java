package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.session.TransactionIsolationLevel;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.Test;

/** MyBatis. */
class MyBatisTest extends FrameworkTest {

  /** The SQL, as MyBatis reads it. */
  interface Books {
    @Update("CREATE TABLE book (id INT PRIMARY KEY)")
    void createTable();

    @Insert("INSERT INTO book (id) VALUES (#{id})")
    int insert(int id);

    @Select("SELECT id FROM book ORDER BY id")
    List<Integer> all();
  }

  private SqlSessionFactory sessions;

  private SluiceDataSource open() {
    SluiceDataSource dataSource = pool();
    // tag::mybatis[]
    Environment environment =
        new Environment("production", new JdbcTransactionFactory(), dataSource);
    Configuration configuration = new Configuration(environment);
    configuration.addMapper(Books.class);
    SqlSessionFactory sessions = new SqlSessionFactoryBuilder().build(configuration);
    // end::mybatis[]
    this.sessions = sessions;
    try (SqlSession session = sessions.openSession(true)) {
      session.getMapper(Books.class).createTable();
    }
    return dataSource;
  }

  private List<Integer> books() {
    try (SqlSession session = sessions.openSession()) {
      return session.getMapper(Books.class).all();
    }
  }

  @Test
  void sessionKeepsWhatItCommitsAndLosesTheRest() {
    SluiceDataSource pool = open();

    try (SqlSession session = sessions.openSession()) {
      Books mapper = session.getMapper(Books.class);
      mapper.insert(1);
      session.commit();
      mapper.insert(2);
      assertThat(pool.stats().active()).isEqualTo(1);
    }

    assertThat(pool.stats().active()).isZero();
    assertThat(books()).containsExactly(1);
  }

  @Test
  void batchAndIsolationLeaveNothingBehind() {
    open();

    try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
      Books mapper = session.getMapper(Books.class);
      mapper.insert(1);
      mapper.insert(2);
      session.commit();
    }
    try (SqlSession session = sessions.openSession(TransactionIsolationLevel.SERIALIZABLE)) {
      assertThat(session.getMapper(Books.class).all()).hasSize(2);
    }

    assertThat(books()).containsExactly(1, 2);
  }
}
