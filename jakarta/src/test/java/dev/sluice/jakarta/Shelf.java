package dev.sluice.jakarta;

import jakarta.annotation.Resource;
import jakarta.ejb.EJBContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** What both enterprise beans do with their data source, each call in a transaction. */
public abstract class Shelf {
  @Resource private EJBContext context;

  abstract DataSource dataSource();

  /** Makes the table. */
  public void create() throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE book (title VARCHAR(100) PRIMARY KEY)");
    }
  }

  /** Keeps a book, unless the transaction is to roll back. */
  public void add(String title, boolean rollBack) throws SQLException {
    try (Connection connection = dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement("INSERT INTO book VALUES (?)")) {
      statement.setString(1, title);
      statement.execute();
    }
    if (rollBack) {
      context.setRollbackOnly();
    }
  }

  /** How many there are. */
  public int count() throws SQLException {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM book")) {
      row.next();
      return row.getInt(1);
    }
  }
}
