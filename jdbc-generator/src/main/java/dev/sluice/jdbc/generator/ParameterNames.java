package dev.sluice.jdbc.generator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.TypeMirror;

/**
 * The names of the parameters of JDBC's methods, which the compiler's record of an older release
 * does not keep. They come from a table, by method or by type.
 */
final class ParameterNames {
  private static final Properties TABLE = load();

  /** Stands in a list for a name that the parameter's type tells. */
  private static final String BY_TYPE = "_";

  private ParameterNames() {}

  /** The names for a method's parameters, each different from the others. */
  static List<String> of(String interfaceName, ExecutableElement method) {
    int count = method.getParameters().size();
    if (count == 0) {
      return List.of();
    }
    List<String> listed = listed(interfaceName, method.getSimpleName().toString(), count);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(listed.get(i).equals(BY_TYPE) ? byType(interfaceName, method, i) : listed.get(i));
    }
    return names;
  }

  private static List<String> listed(String interfaceName, String method, int count) {
    String byMethod = interfaceName + "." + method + "/" + count;
    String byVerb = interfaceName + "." + verb(method) + "*/" + count;
    String listed = TABLE.getProperty(byMethod, TABLE.getProperty(byVerb));
    if (listed == null) {
      return Collections.nCopies(count, BY_TYPE);
    }
    List<String> names = List.of(listed.trim().split(" +"));
    if (names.size() != count) {
      throw new IllegalStateException(byMethod + " needs " + count + " names, has " + names);
    }
    return names;
  }

  private static String byType(String interfaceName, ExecutableElement method, int position) {
    String type = simpleType(method.getParameters().get(position).asType());
    String name =
        TABLE.getProperty(interfaceName + "#" + position + ":" + type, TABLE.getProperty(type));
    if (name == null) {
      throw new IllegalStateException(
          "no name for " + interfaceName + "." + method + ", parameter " + position + ": " + type);
    }
    return name.trim();
  }

  /** The lower-case letters with which a name begins: {@code set} of {@code setInt}. */
  private static String verb(String name) {
    return name.chars()
        .takeWhile(Character::isLowerCase)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String simpleType(TypeMirror type) {
    String raw = type.toString().replaceAll("<.*>", "");
    return raw.substring(raw.lastIndexOf('.') + 1);
  }

  private static Properties load() {
    try (InputStream table = ParameterNames.class.getResourceAsStream("parameters.properties")) {
      if (table == null) {
        throw new IllegalStateException("parameters.properties is missing");
      }
      Properties names = new Properties();
      names.load(table);
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
