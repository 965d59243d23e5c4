package dev.sluice.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.glassfish.embeddable.Deployer;
import org.glassfish.embeddable.GlassFish;
import org.glassfish.embeddable.GlassFishException;
import org.glassfish.embeddable.GlassFishRuntime;
import org.glassfish.embeddable.archive.ScatteredArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An application in GlassFish, which starts anew for each test. */
class GlassFishTest {
  private static GlassFish server;

  @BeforeAll
  static void start() throws GlassFishException {
    server = GlassFishRuntime.bootstrap().newGlassFish();
    server.start();
  }

  @AfterAll
  static void stop() throws GlassFishException {
    server.dispose();
  }

  /** Deploys the classes of this package. */
  private static String deploy(Deployer deployer) throws Exception {
    ScatteredArchive archive = new ScatteredArchive("shop", ScatteredArchive.Type.JAR);
    archive.addClassPath(
        Path.of(Books.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toFile());
    return deployer.deploy(archive.toURI());
  }

  private static <T> T bean(String application, Class<T> type) throws NamingException {
    String name = "java:global/" + application + "/" + type.getSimpleName();
    return type.cast(new InitialContext().lookup(name));
  }

  /** One of the books stays. */
  private static void useInTransactions(Shelf shelf) throws SQLException {
    shelf.create();
    shelf.add("Emma", false);
    shelf.add("Persuasion", true);

    assertThat(shelf.count()).isEqualTo(1);
  }

  @Test
  void applicationThatProducesItsPoolClosesIt() throws Exception {
    Deployer deployer = server.getDeployer();
    String application = deploy(deployer);
    ProducedShelf shelf = bean(application, ProducedShelf.class);

    useInTransactions(shelf);

    SluicePool pool = shelf.pool();
    assertThat(pool.leases()).isEmpty();
    deployer.undeploy(application);
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void serverThatMakesTheDataSourcePoolsOverIt() throws Exception {
    Deployer deployer = server.getDeployer();
    String application = deploy(deployer);
    Books shelf = bean(application, Books.class);

    useInTransactions(shelf);

    SluicePool pool = shelf.pool();
    assertThat(pool.stats().maxSize()).isEqualTo(5);
    assertThat(pool.config().pool().acquireTimeout()).hasSeconds(5);
    assertThat(pool.leases()).as("what the server's pool keeps").hasSizeBetween(1, 5);
    deployer.undeploy(application);
    assertThat(pool.isClosed()).as("the server does not close what it made").isFalse();
    ((AutoCloseable) pool).close();
  }
}
