package dev.sluice.r2dbc;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.ConnectionFactoryProvider;
import java.util.Objects;

/**
 * Finds the pool for URLs: {@code r2dbc:sluice:postgresql://…} always, and {@code
 * r2dbc:pool:postgresql://…} if r2dbc-pool is not on the class path. {@link
 * java.util.ServiceLoader} makes it. Thread-safe.
 */
public final class SluiceConnectionFactoryProvider implements ConnectionFactoryProvider {
  /** The driver's name in URLs. */
  public static final String DRIVER = "sluice";

  /** For {@link java.util.ServiceLoader}. */
  public SluiceConnectionFactoryProvider() {}

  /**
   * Builds a pool over the driver that the protocol names first.
   *
   * @throws IllegalArgumentException if there is no such driver, or an option is invalid
   */
  @Override
  public SluiceConnectionFactory create(ConnectionFactoryOptions options) {
    return SluiceConnectionFactory.builder(Objects.requireNonNull(options, "options")).build();
  }

  @Override
  public boolean supports(ConnectionFactoryOptions options) {
    Object driver = Objects.requireNonNull(options, "options").getValue(PoolUrl.DRIVER);
    return DRIVER.equals(driver) || (PoolUrl.POOL.equals(driver) && !PoolUrl.hasOtherPool());
  }

  @Override
  public String getDriver() {
    return DRIVER;
  }
}
