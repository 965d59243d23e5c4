package dev.sluice.proxy.config;

import java.util.Locale;

/** A value that is one word of a few, written in the file as the constant in kebab case. */
interface Choice {
  /** Returns the constant's name. */
  String name();

  /** Returns the word of the file and of the console. */
  default String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
