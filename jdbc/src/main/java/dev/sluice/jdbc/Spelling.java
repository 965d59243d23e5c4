package dev.sluice.jdbc;

import java.util.Locale;

/** Writes a name the way another name is written. */
final class Spelling {
  private Spelling() {}

  /** Joins the words of a name in camel case as the model joins its own. */
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
  static String joined(String camel, char glue) {
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
