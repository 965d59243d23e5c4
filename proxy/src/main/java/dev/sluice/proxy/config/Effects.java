package dev.sluice.proxy.config;

import java.util.Map;

/** Tells users of settings that have no effect. */
final class Effects {
  private Effects() {}

  /** Warns of each setting of the file that has no effect, unless it is off or at its default. */
  static void warn(Settings settings, Map<Setting, Place> given, Report report) {
    for (Map.Entry<Setting, Place> entry : given.entrySet()) {
      Setting setting = entry.getKey();
      if (!setting.effect().effective() && !isMoot(settings, setting)) {
        report.warning(entry.getValue(), setting.key() + without(setting.effect()));
      }
    }
  }

  private static String without(Effect effect) {
    boolean notYet = effect.status() == Effect.Status.NOT_YET;
    return (notYet ? " has no effect yet: " : " has no effect here: ") + effect.reason();
  }

  private static boolean isMoot(Settings settings, Setting setting) {
    String value = settings.shown(setting);
    return value == null
        || value.isEmpty()
        || value.equals("0")
        || value.equals(setting.defaultOrNull());
  }
}
