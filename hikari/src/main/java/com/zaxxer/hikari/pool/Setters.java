package com.zaxxer.hikari.pool;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sets properties by their names, through the setters of an object. */
public final class Setters {
  private static final Pattern TIME = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

  private Setters() {}

  /**
   * Makes an object of a class, which it looks for in this class loader and in the thread's.
   *
   * @throws RuntimeException if there is no such class, it is of another type, or cannot be made
   */
  public static <T> T instance(String className, Class<T> type) {
    try {
      return type.cast(found(className).getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new RuntimeException("Failed to instantiate class " + className, e);
    }
  }

  /**
   * Loads a driver's class, so that the driver registers itself.
   *
   * @throws RuntimeException if there is no such class
   */
  public static void requireLoadable(String driverClassName) {
    try {
      found(driverClassName).getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new RuntimeException(
          "Failed to load driver class " + driverClassName + " in any class loader", e);
    } catch (ReflectiveOperationException e) {
      throw new RuntimeException("Failed to instantiate class " + driverClassName, e);
    }
  }

  private static Class<?> found(String className) throws ClassNotFoundException {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      try {
        return context.loadClass(className);
      } catch (ClassNotFoundException e) {
        return Class.forName(className); // which says so, if it is not there either
      }
    }
    return Class.forName(className);
  }

  /**
   * Sets all properties.
   *
   * @throws RuntimeException if there is no setter of a name, or it does not take the value
   */
  public static void setAll(Object target, Properties properties) {
    properties.forEach((name, value) -> set(target, name.toString(), value));
    for (String name : properties.stringPropertyNames()) { // those of the defaults too
      if (!properties.containsKey(name)) {
        set(target, name, properties.getProperty(name));
      }
    }
  }

  /** Sets one property. */
  public static void set(Object target, String name, Object value) {
    Method setter = setter(target.getClass(), name);
    if (setter == null) {
      throw new RuntimeException(
          "Property " + name + " does not exist on target " + target.getClass());
    }
    try {
      setter.invoke(target, converted(value, setter.getParameterTypes()[0]));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new RuntimeException("Property " + name + " cannot be set", e.getCause());
    } catch (IllegalAccessException | IllegalArgumentException e) {
      throw new RuntimeException("Property " + name + " cannot be set", e);
    }
  }

  private static Method setter(Class<?> type, String name) {
    String capital = "set" + name.substring(0, 1).toUpperCase(Locale.ENGLISH) + name.substring(1);
    String upper = "set" + name.toUpperCase(Locale.ENGLISH);
    Method inUpperCase = null;
    for (Method method : type.getMethods()) {
      if (method.getParameterCount() == 1) {
        if (method.getName().equals(capital)) {
          return method;
        }
        if (method.getName().equals(upper)) {
          inUpperCase = method;
        }
      }
    }
    return inUpperCase;
  }

  private static Object converted(Object value, Class<?> type) {
    if (!(value instanceof String text) || type.isAssignableFrom(String.class)) {
      return type == String.class ? value.toString() : value;
    }
    if (type == int.class || type == Integer.class) {
      return (int) number(text);
    }
    if (type == long.class || type == Long.class) {
      return number(text);
    }
    if (type == short.class || type == Short.class) {
      return Short.valueOf(text.strip());
    }
    if (type == boolean.class || type == Boolean.class) {
      return Boolean.valueOf(text.strip());
    }
    if (type == char[].class) {
      return text.toCharArray();
    }
    return instance(text, type);
  }

  /** A number, or a time such as 30s, as milliseconds. */
  private static long number(String text) {
    Matcher time = TIME.matcher(text.strip());
    if (!time.matches()) {
      return Long.parseLong(text.strip());
    }
    long unit =
        switch (time.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    return Math.multiplyExact(Long.parseLong(time.group(1)), unit);
  }
}
