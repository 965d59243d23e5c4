package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.PoolMetric;
import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.junit.jupiter.api.Test;

/** A pool as an MBean. */
class PoolJmxTest {
  private final MBeanServer server = MBeanServerFactory.newMBeanServer();

  private Object invoke(ObjectName name, String operation, Object... parameters) throws Exception {
    String[] signature = Arrays.stream(parameters).map(p -> "int").toArray(String[]::new);
    return server.invoke(name, operation, parameters, signature);
  }

  @Test
  void attributesAreThePoolsFigures() throws Exception {
    try (FakePool pool = new FakePool()) {
      ObjectName name = PoolJmx.register(pool.ds, server);
      assertThat(name).hasToString("dev.sluice:type=Pool,name=\"fake\"");
      try (Connection connection = pool.get()) {
        assertThat(server.getAttribute(name, "Active")).isEqualTo(1L);
        assertThat(connection.isClosed()).isFalse();
      }

      List<String> attributes =
          Arrays.stream(server.getMBeanInfo(name).getAttributes())
              .map(MBeanAttributeInfo::getName)
              .toList();

      assertThat(attributes)
          .hasSizeGreaterThan(PoolMetric.values().length)
          .contains("TimeoutCount", "WaitTimeP99Seconds", "ConnectionAgeCount");
      assertThat(server.getAttributes(name, attributes.toArray(String[]::new)))
          .hasSize(attributes.size());
      assertThatThrownBy(() -> server.getAttribute(name, "Other"))
          .isInstanceOf(AttributeNotFoundException.class);
    }
  }

  @Test
  void operationsAreThePoolsOwn() throws Exception {
    try (FakePool pool = new FakePool().settle()) {
      ObjectName name = PoolJmx.register(pool.ds, server);

      invoke(name, "resize", 0, 5);
      assertThat(server.getAttribute(name, "Max")).isEqualTo(5L);
      invoke(name, "suspend");
      assertThat((String) invoke(name, "dump")).contains("fake");
      assertThat(pool.ds.toString()).contains("suspended");
      invoke(name, "resume");
      invoke(name, "refresh");
      assertThat((String) invoke(name, "evictIdle")).contains("being closed");

      assertThatThrownBy(() -> invoke(name, "resize", 9, 5))
          .isInstanceOf(MBeanException.class)
          .cause()
          .hasMessageContaining("minSize");
      assertThatThrownBy(() -> invoke(name, "explode")).isInstanceOf(ReflectionException.class);
    }
  }

  @Test
  void closedPoolIsNoLongerRegisteredAndItsNameIsFree() throws Exception {
    ObjectName name;
    try (FakePool pool = new FakePool()) {
      name = PoolJmx.register(pool.ds, server);
      assertThatThrownBy(() -> PoolJmx.register(pool.ds, server))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'fake' is registered");
    }

    Eventually.await(() -> !server.isRegistered(name), "it is gone");
    try (FakePool next = new FakePool()) {
      assertThat(PoolJmx.register(next.ds, server)).isEqualTo(name);
    }
  }
}
