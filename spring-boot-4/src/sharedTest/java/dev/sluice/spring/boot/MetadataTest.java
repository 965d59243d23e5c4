package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSourceBean;
import dev.sluice.jdbc.config.Option;
import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;

/** Keeps what editors know of {@code sluice.*} equal to the options. */
class MetadataTest {
  private static final Path FILE =
      Path.of("../spring-boot-4/src/shared/resources/META-INF/spring-configuration-metadata.json");

  @Test
  void metadataDescribesEveryOptionThatTextCanSet() throws IOException {
    String expected = metadata();
    if (Boolean.getBoolean("sluice.docs.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, expected);
    }

    assertThat(expected).contains("\"sluice.max-size\"", "\"sluice.acquire-timeout\"");
    assertThat(Files.readString(FILE))
        .as("renew it: run this test with -Dsluice.docs.write=true")
        .isEqualTo(expected);
  }

  private static String metadata() {
    List<String> properties = new ArrayList<>();
    properties.add(property("enabled", "java.lang.Boolean", "Whether Sluice is the pool."));
    properties.add(
        property(
            "jta.outside-transaction",
            "dev.sluice.jta.OutsideTransaction",
            "What callers outside a transaction get. By default a plain connection."));
    properties.add(
        property(
            "jta.recovery-password",
            "java.lang.String",
            "The password of sluice.jta.recovery-user."));
    properties.add(
        property(
            "jta.recovery-user",
            "java.lang.String",
            "The login with which a transaction manager recovers. By default the pool's."));
    properties.add(
        property(
            "metrics.hikari-names",
            "java.lang.Boolean",
            "Whether the metrics also have the names of HikariCP's."));
    properties.add(
        property(
            "pools",
            "java.util.Map<java.lang.String,java.lang.Object>",
            "Data sources by their qualifier, each with options like those under sluice."));
    properties.add(
        property(
            "replicas",
            "java.util.Map<java.lang.String,java.lang.Object>",
            "Replicas by name, each with options like those under sluice."));
    properties.add(
        property(
            "ssl.bundle",
            "java.lang.String",
            "The SSL bundle that encrypts connections of PostgreSQL's driver."));
    for (Option option : Option.values()) {
      PropertyDescriptor bean =
          BeanUtils.getPropertyDescriptor(SluiceDataSourceBean.class, option.key());
      if (bean != null && isText(bean.getPropertyType())) {
        Class<?> type =
            org.springframework.util.ClassUtils.resolvePrimitiveIfNecessary(bean.getPropertyType());
        properties.add(property(kebab(option.key()), type.getName(), option.about()));
      }
    }
    return "{\n  \"properties\": [\n" + String.join(",\n", properties) + "\n  ]\n}\n";
  }

  private static boolean isText(Class<?> type) {
    return type == Duration.class || (BeanUtils.isSimpleValueType(type) && type != Class.class);
  }

  private static String property(String name, String type, String about) {
    return "    {\n      \"name\": \"sluice."
        + name
        + "\",\n      \"type\": \""
        + type
        + "\",\n      \"description\": \""
        + about.replace("\\", "\\\\").replace("\"", "\\\"")
        + "\"\n    }";
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
