package dev.sluice.jta;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link JtaDataSource}. Needs the manager, and either {@link #xaDataSource} or {@link
 * #lastResource}. Not thread-safe.
 */
public final class JtaBuilder {
  private final TransactionManager manager;
  private final TransactionSynchronizationRegistry registry;
  private @Nullable XADataSource xaDataSource;
  private @Nullable DataSource lastResource;
  private UnaryOperator<SluiceBuilder> pool = builder -> builder;
  private @Nullable CredentialsSource recovery;
  private OutsideTransaction outside = OutsideTransaction.ALLOW;

  JtaBuilder(TransactionManager manager, TransactionSynchronizationRegistry registry) {
    this.manager = Objects.requireNonNull(manager, "manager");
    this.registry = Objects.requireNonNull(registry, "registry");
  }

  /** What opens the connections; each slot of the pool holds one {@code XAConnection}. */
  public JtaBuilder xaDataSource(XADataSource source) {
    xaDataSource = Objects.requireNonNull(source, "source");
    return this;
  }

  /**
   * What opens the connections to a database without two phases. A transaction can have one such
   * database: {@link LastResource} says how, and what it costs.
   */
  public JtaBuilder lastResource(DataSource source) {
    lastResource = Objects.requireNonNull(source, "source");
    return this;
  }

  /**
   * Configures the pool: name, sizes, timeouts, user and password. The default is that of {@link
   * SluiceBuilder}, with the login of the data source.
   */
  public JtaBuilder pool(UnaryOperator<SluiceBuilder> configuration) {
    pool = Objects.requireNonNull(configuration, "configuration");
    return this;
  }

  /**
   * The login of {@link JtaDataSource#recoveryResources}, which may need more rights than the
   * application's. PostgreSQL lets only the user that prepared a transaction settle it, or a
   * superuser. The default is the pool's.
   */
  public JtaBuilder recoveryCredentials(CredentialsSource source) {
    recovery = Objects.requireNonNull(source, "source");
    return this;
  }

  /** Like {@link #recoveryCredentials(CredentialsSource)}, for a login that does not change. */
  public JtaBuilder recoveryCredentials(String user, String password) {
    return recoveryCredentials(CredentialsSource.fixed(Credentials.of(user, Secret.of(password))));
  }

  /** What callers outside a transaction get. The default is {@link OutsideTransaction#ALLOW}. */
  public JtaBuilder outsideTransaction(OutsideTransaction policy) {
    outside = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Builds the data source and starts its pool.
   *
   * @throws IllegalStateException if not exactly one of the two sources is set
   * @throws dev.sluice.jdbc.SluiceConfigException if the configuration of the pool is invalid
   * @throws dev.sluice.jdbc.PoolStartException as {@link SluiceDataSource#create}
   */
  public JtaDataSource build() {
    XADataSource xa = xaDataSource;
    DataSource local = lastResource;
    if ((xa == null) == (local == null)) {
      throw new IllegalStateException("Set either xaDataSource or lastResource");
    }
    SluiceDataSource built = pool.apply(Sluice.dataSource(source(xa, local))).build();
    return new JtaDataSource(manager, registry, built, recovery(xa, built), outside);
  }

  private static DataSource source(@Nullable XADataSource xa, @Nullable DataSource local) {
    return xa != null ? new XaConnections(xa) : Objects.requireNonNull(local);
  }

  private @Nullable RecoveryResource recovery(@Nullable XADataSource xa, SluiceDataSource built) {
    if (xa == null) {
      return null;
    }
    CredentialsSource own = recovery;
    return new RecoveryResource(xa, own != null ? own : () -> built.config().credentials().get());
  }
}
