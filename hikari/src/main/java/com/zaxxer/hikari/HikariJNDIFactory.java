package com.zaxxer.hikari;

import java.util.Collections;
import java.util.Hashtable;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;

/** Makes a {@link HikariDataSource} from a JNDI reference to a {@code javax.sql.DataSource}. */
public class HikariJNDIFactory implements ObjectFactory {
  /** A factory; JNDI makes it. */
  public HikariJNDIFactory() {}

  /** Builds the data source; null if the object is no such reference. */
  @Override
  public Object getObjectInstance(
      Object object, Name name, Context context, Hashtable<?, ?> environment) {
    if (!(object instanceof Reference reference)
        || !"javax.sql.DataSource".equals(reference.getClassName())) {
      return null;
    }
    Set<String> known = names();
    Properties properties = new Properties();
    for (RefAddr attribute : Collections.list(reference.getAll())) {
      String key = attribute.getType();
      if ((key.startsWith("dataSource.") || known.contains(key))
          && attribute.getContent() != null) {
        properties.setProperty(key, attribute.getContent().toString());
      }
    }
    return new HikariDataSource(new HikariConfig(properties));
  }

  /** The names that {@link HikariConfig} has setters for; containers add others of their own. */
  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (var method : HikariConfig.class.getMethods()) {
      String name = method.getName();
      if (name.startsWith("set") && method.getParameterCount() == 1) {
        names.add(Character.toLowerCase(name.charAt(3)) + name.substring(4));
      }
    }
    return names;
  }
}
