package dev.sluice.jdbc;

import java.util.Collections;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pool from a JNDI reference, such as Tomcat's {@code <Resource
 * factory="dev.sluice.jdbc.SluiceObjectFactory">}. The reference's attributes are options, by
 * Sluice's names or those of another pool, as {@link SluiceBuilder#settings(Map)} reads them. The
 * pool is built at the look-up. Needs the module {@code java.naming}.
 */
public final class SluiceObjectFactory implements ObjectFactory {
  /** Attributes that containers add for themselves. */
  private static final Set<String> OF_CONTAINERS =
      Set.of(
          "factory",
          "scope",
          "auth",
          "singleton",
          "closemethod",
          "description",
          "type",
          "uniqueresourcename");

  private static final Set<String> TYPES =
      Set.of(
          DataSource.class.getName(), SluicePool.class.getName(), SluiceDataSource.class.getName());

  /** A factory; JNDI makes it. */
  public SluiceObjectFactory() {}

  /**
   * Builds the pool.
   *
   * @return null if the object is not a reference to a {@link DataSource}, a {@link SluicePool} or
   *     a {@link SluiceDataSource}
   * @throws SluiceConfigException if the attributes are invalid; the message lists every problem
   */
  @Override
  public @Nullable Object getObjectInstance(
      @Nullable Object object,
      @Nullable Name name,
      @Nullable Context context,
      @Nullable Hashtable<?, ?> environment)
      throws NamingException {
    if (!(object instanceof Reference reference) || !TYPES.contains(reference.getClassName())) {
      return null;
    }
    Map<String, String> settings = new LinkedHashMap<>();
    if (name != null && name.size() > 0) {
      settings.put("name", name.get(name.size() - 1));
    }
    List<RefAddr> attributes = Collections.list(reference.getAll());
    for (RefAddr attribute : attributes) {
      String key = attribute.getType();
      if (!OF_CONTAINERS.contains(key.toLowerCase(Locale.ROOT))
          && attribute.getContent() instanceof String value) {
        if (key.equalsIgnoreCase("poolName")) {
          settings.remove("name");
        }
        settings.put(key, value);
      }
    }
    return Sluice.from(settings).build();
  }
}
