package dev.sluice.jdbc;

import java.util.ArrayList;
import java.util.List;

/** The hosts that one JDBC URL names. */
final class HostUrls {
  private HostUrls() {}

  /** A configuration for each host. */
  static List<SluiceConfig> of(SluiceConfig all) {
    List<SluiceConfig> each = new ArrayList<>();
    for (String url : split(all)) {
      String name = all.pool().name() + "-" + (each.size() + 1);
      each.add(all.toBuilder().name(name).url(url).toConfig());
    }
    return each;
  }

  private static List<String> split(SluiceConfig config) {
    String url = config.url();
    int from = url == null ? -1 : url.indexOf("://") + 3;
    int to = url == null ? -1 : url.indexOf('/', Math.max(from, 0));
    if (url == null || from < 3 || to < 0 || url.substring(from, to).indexOf('(') >= 0) {
      throw new SluiceConfigException(
          "the URL must name the hosts as in jdbc:postgresql://db1:5432,db2:5432/app, but is "
              + config.displayUrl());
    }
    List<String> urls = new ArrayList<>();
    for (String host : url.substring(from, to).split(",", -1)) {
      urls.add(url.substring(0, from) + host + url.substring(to));
    }
    return urls;
  }
}
