package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.FakeDatabase;
import javax.naming.CompositeName;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Pools that JNDI makes from references. */
class SluiceObjectFactoryTest {
  private final FakeDatabase db = FakeDatabase.create();

  private static Reference reference(String type, String... attributes) {
    Reference reference = new Reference(type, SluiceObjectFactory.class.getName(), null);
    for (int i = 0; i < attributes.length; i += 2) {
      reference.add(new StringRefAddr(attributes[i], attributes[i + 1]));
    }
    return reference;
  }

  @Test
  void referenceBecomesAPoolOfItsName() throws Exception {
    Reference reference =
        reference(
            DataSource.class.getName(),
            "auth",
            "Container",
            "url",
            db.url(),
            "username",
            "app",
            "maxSize",
            "3",
            "acquireTimeout",
            "2s");

    Object made =
        NamingManager.getObjectInstance(reference, new CompositeName("jdbc/orders"), null, null);

    try (SluiceDataSource dataSource = (SluiceDataSource) made) {
      assertThat(dataSource.name()).isEqualTo("orders");
      assertThat(dataSource.config().user()).isEqualTo("app");
      assertThat(dataSource.config().pool().maxSize()).isEqualTo(3);
      dataSource.getConnection().close();
    }
  }

  @Test
  void misspelledAttributeIsRefused() {
    Reference reference = reference(DataSource.class.getName(), "url", db.url(), "maxSzie", "3");

    assertThatThrownBy(() -> NamingManager.getObjectInstance(reference, null, null, null))
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("maxSize");
  }

  @Test
  void referenceToSomethingElseIsLeftToOthers() throws Exception {
    Reference reference = reference("java.lang.String");

    assertThat(new SluiceObjectFactory().getObjectInstance(reference, null, null, null)).isNull();
  }
}
