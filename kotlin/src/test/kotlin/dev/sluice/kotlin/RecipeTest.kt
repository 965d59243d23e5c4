package dev.sluice.kotlin

import dev.sluice.jdbc.Sluice
import dev.sluice.jdbc.SluiceBuilder
import dev.sluice.jdbc.SluiceDataSource
import dev.sluice.testkit.Databases
import dev.sluice.testkit.Eventually
import dev.sluice.testkit.TestDatabase
import dev.sluice.testkit.Timing
import java.time.Duration
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.params.Parameter
import org.junit.jupiter.params.ParameterizedClass
import org.junit.jupiter.params.provider.EnumSource

/** A database that the recipes are tried on. */
enum class Engine(val create: () -> TestDatabase) {
  H2(Databases::h2),
  POSTGRESQL(Databases::postgres),
}

/** Each test runs on every engine, in a database of its own, and gives back every connection. */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine::class)
abstract class RecipeTest {
  @Parameter lateinit var engine: Engine

  private lateinit var database: TestDatabase
  private val pools = mutableListOf<SluiceDataSource>()

  @BeforeEach
  fun createDatabase() {
    database = engine.create()
  }

  fun pool(change: (SluiceBuilder) -> SluiceBuilder): SluiceDataSource {
    val builder =
        Sluice.dataSource(database.url()).user(database.user()).password(database.password())
    return change(builder).build().also { pools += it }
  }

  /**
   * A pool of one connection, which is open, whose callers soon give up while it is lent. The
   * connection is lent without a check, so that nothing else takes time.
   */
  fun impatientPool(): SluiceDataSource {
    val pool = pool {
      it.minSize(1)
          .maxSize(1)
          .acquireTimeout(Timing.SMALL)
          .validateAfterIdle(Duration.ofHours(1))
          .healthCheckInterval(Duration.ZERO)
    }
    pool.awaitReady(Timing.LONG)
    return pool
  }

  @AfterEach
  fun nothingIsKept() {
    database.use {
      for (pool in pools) {
        pool.use {
          assertThat(pool.leases()).isEmpty()
          assertThat(pool.stats().acquired()).isPositive()
          assertThat(pool.stats().leaked()).isZero()
          Eventually.await({ pool.stats().active() == 0 }, "every connection is back")
        }
      }
    }
  }
}
