package dev.sluice.jdbc;

import dev.sluice.pool.PoolListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The options of a data source: mutable in a builder, copied and frozen in a configuration. */
final class JdbcValues implements Cloneable {
  private static final Duration HOOK_TIMEOUT = Duration.ofSeconds(5);

  @Nullable String url;
  @Nullable String user;
  @Nullable Secret password;
  Map<String, Secret> driverProperties = new LinkedHashMap<>();
  @Nullable DataSource dataSource;
  @Nullable String driverClassName;
  @Nullable Boolean autoCommit;
  @Nullable Boolean readOnly;
  @Nullable Integer transactionIsolation;
  @Nullable String catalog;
  @Nullable String schema;
  List<String> initSql = List.of();
  Duration queryTimeout = Duration.ZERO;
  @Nullable String validationQuery;
  @Nullable ConnectionValidator validator;
  SluiceConfig.OnReturn onReturn = SluiceConfig.OnReturn.ROLLBACK;
  SluiceConfig.OpenTransaction openTransactionOnReturn = SluiceConfig.OpenTransaction.ROLLBACK;
  boolean restoreState = true;
  ResetPolicy resetPolicy = ResetPolicy.FAST;
  SluiceConfig.Role requiredRole = SluiceConfig.Role.ANY;
  @Nullable CredentialsSource credentials;
  boolean retireOnCredentialChange;
  @Nullable ErrorClassifier errorClassifier;
  List<PoolListener> listeners = new ArrayList<>();
  int expectedInstances = 1;
  Duration startRetry = Duration.ZERO;
  boolean shutdownHook;
  boolean strictClose;
  boolean transactionPooler;
  boolean requestBoundaries;
  int statementCacheSize;
  @Nullable ConnectionHooks hooks;
  Duration hookTimeout = HOOK_TIMEOUT;

  /** Warnings about the sources. */
  List<String> notes = new ArrayList<>();

  /** A copy that can be changed without changing this. */
  JdbcValues copy() {
    JdbcValues copy = shallow();
    copy.driverProperties = new LinkedHashMap<>(driverProperties);
    copy.listeners = new ArrayList<>(listeners);
    copy.notes = new ArrayList<>(notes);
    return copy;
  }

  /** A copy that nobody can change any more. */
  JdbcValues frozen() {
    JdbcValues copy = shallow();
    copy.driverProperties = Map.copyOf(driverProperties);
    copy.listeners = List.copyOf(listeners);
    copy.notes = List.copyOf(notes);
    return copy;
  }

  private JdbcValues shallow() {
    try {
      return (JdbcValues) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
