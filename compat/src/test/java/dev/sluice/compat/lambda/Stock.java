package dev.sluice.compat.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.sluice.jdbc.PoolPresets;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

// tag::lambda[]
/** Lambda makes one of these per environment, which serves one event at a time. */
public final class Stock implements RequestHandler<String, String> {
  private final SluiceDataSource dataSource =
      Sluice.fromEnvironment() // SLUICE_URL, SLUICE_USER, SLUICE_PASSWORD
          .preset(PoolPresets::serverless) // one connection, checked after every freeze
          .build();

  @Override
  public String handleRequest(String event, Context context) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT 'stock of ' || ?")) {
      statement.setString(1, event);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("The stock cannot be read", e);
    }
  }
}
// end::lambda[]
