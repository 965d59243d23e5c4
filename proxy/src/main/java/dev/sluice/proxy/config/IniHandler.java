package dev.sluice.proxy.config;

/** Receives the parts of an ini file in their order. */
interface IniHandler {
  /** A section begins. */
  void section(String name, Place place);

  /** A key of the current section. */
  void entry(String key, String value, Place place);
}
