package dev.sluice.jdbc.config;

import java.util.Locale;

/** The ways to join a name's words: {@code maxSize}, {@code max_size}, {@code max-size}. */
final class KeyStyle {
  private KeyStyle() {}

  /** Lower case without word separators, for comparing names. */
  static String squeeze(String name) {
    StringBuilder squeezed = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '-' && c != '_' && c != ' ') {
        squeezed.append(Character.toLowerCase(c));
      }
    }
    return squeezed.toString();
  }

  /** Rewrites a camel-case name in the key style of the model. */
  static String like(String model, String name) {
    boolean shouting = model.equals(model.toUpperCase(Locale.ROOT)) && model.indexOf('_') >= 0;
    if (shouting) {
      String prefix =
          model.startsWith("SLUICE_") ? "SLUICE_" : model.startsWith("POOL__") ? "POOL__" : "";
      return prefix + joined(name, '_').toUpperCase(Locale.ROOT);
    }
    if (model.indexOf('_') >= 0) {
      return joined(name, '_');
    }
    return model.indexOf('-') >= 0 ? joined(name, '-') : name;
  }

  /** Snake or kebab case. */
  private static String joined(String camel, char glue) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < camel.length(); i++) {
      char c = camel.charAt(i);
      if (c == '_' || c == '-') {
        out.append(glue);
      } else if (Character.isUpperCase(c)) {
        if (i > 0 && !Character.isUpperCase(camel.charAt(i - 1))) {
          out.append(glue);
        }
        out.append(Character.toLowerCase(c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
