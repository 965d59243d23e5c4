package dev.sluice.micronaut;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfigException;
import io.micronaut.context.annotation.EachProperty;
import io.micronaut.context.annotation.Parameter;
import io.micronaut.context.env.Environment;
import io.micronaut.core.convert.format.MapFormat;
import io.micronaut.core.naming.conventions.StringConvention;
import io.micronaut.jdbc.BasicJdbcConfiguration;
import io.micronaut.jdbc.CalculatedSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code datasources.NAME} says: Micronaut's keys for every pool, HikariCP's with their
 * meaning, and Sluice's options below {@code datasources.NAME.sluice}; later ones win. Where it
 * says no URL, a database in memory is used if its driver is there.
 *
 * <p>Not thread-safe; Micronaut fills it in before it makes the pool.
 */
@EachProperty(value = BasicJdbcConfiguration.PREFIX, primary = "default")
public final class DatasourceConfiguration implements BasicJdbcConfiguration {
  private final String name;
  private final PoolKeys keys;
  private final CalculatedSettings calculated = new CalculatedSettings(this);
  private final Map<String, Object> driverProperties = new LinkedHashMap<>();
  private @Nullable String url;
  private @Nullable String driverClassName;
  private @Nullable String username;
  private @Nullable String password;
  private @Nullable String validationQuery;

  /**
   * For Micronaut.
   *
   * @param name the data source's name, which is the pool's
   */
  public DatasourceConfiguration(@Parameter String name, Environment environment) {
    this.name = name;
    this.keys = new PoolKeys(environment, PREFIX + "." + name);
  }

  /**
   * The pool's options; {@link SluiceBuilder#build} reports what is wrong with them.
   *
   * @throws SluiceConfigException if the URL cannot be read
   */
  public SluiceBuilder toBuilder() {
    SluiceBuilder builder =
        Sluice.builder()
            .name(name)
            .url(getUrl())
            .driverClassName(driverClassName)
            .user(getUsername())
            .password(getPassword())
            .validationQuery(validationQuery);
    driverProperties.forEach(
        (property, value) -> builder.driverProperty(property, String.valueOf(value)));
    keys.applyTo(builder);
    return builder;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public @Nullable String getConfiguredUrl() {
    return url;
  }

  @Override
  public String getUrl() {
    return calculated.getUrl();
  }

  @Override
  public void setUrl(@Nullable String url) {
    this.url = url;
  }

  /**
   * The URL under HikariCP's name.
   *
   * @param url the location of the database
   */
  public void setJdbcUrl(@Nullable String url) {
    setUrl(url);
  }

  @Override
  public @Nullable String getConfiguredDriverClassName() {
    return driverClassName;
  }

  @Override
  public String getDriverClassName() {
    return calculated.getDriverClassName();
  }

  @Override
  public void setDriverClassName(@Nullable String driverClassName) {
    this.driverClassName = driverClassName;
  }

  @Override
  public @Nullable String getConfiguredUsername() {
    return username;
  }

  @Override
  public @Nullable String getUsername() {
    return calculated.getUsername();
  }

  @Override
  public void setUsername(@Nullable String username) {
    this.username = username;
  }

  @Override
  public @Nullable String getConfiguredPassword() {
    return password;
  }

  @Override
  public @Nullable String getPassword() {
    return calculated.getPassword();
  }

  @Override
  public void setPassword(@Nullable String password) {
    this.password = password;
  }

  @Override
  public @Nullable String getConfiguredValidationQuery() {
    return validationQuery;
  }

  /** The query that was set; without one, the driver itself checks its connection. */
  @Override
  public @Nullable String getValidationQuery() {
    return validationQuery;
  }

  /**
   * The query that checks a connection.
   *
   * @param validationQuery the query; null lets the driver check
   */
  public void setValidationQuery(@Nullable String validationQuery) {
    this.validationQuery = validationQuery;
  }

  @Override
  public void setDataSourceProperties(
      @MapFormat(
              transformation = MapFormat.MapTransformation.FLAT,
              keyFormat = StringConvention.RAW)
          Map<String, ?> properties) {
    driverProperties.putAll(properties);
  }
}
