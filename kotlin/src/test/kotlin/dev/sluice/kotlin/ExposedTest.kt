package dev.sluice.kotlin

import dev.sluice.jdbc.PoolExhaustedException
import java.util.concurrent.atomic.AtomicInteger
import javax.sql.DataSource
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.jetbrains.exposed.v1.core.DatabaseConfig
import org.jetbrains.exposed.v1.core.Table
import org.jetbrains.exposed.v1.exceptions.ExposedSQLException
import org.jetbrains.exposed.v1.jdbc.Database
import org.jetbrains.exposed.v1.jdbc.SchemaUtils
import org.jetbrains.exposed.v1.jdbc.insert
import org.jetbrains.exposed.v1.jdbc.selectAll
import org.jetbrains.exposed.v1.jdbc.transactions.TransactionManager
import org.jetbrains.exposed.v1.jdbc.transactions.transaction
import org.junit.jupiter.api.Test

/** Exposed over Sluice. */
class ExposedTest : RecipeTest() {

  // tag::exposed[]
  object Books : Table("book") {
    val title = varchar("title", 100)
    override val primaryKey = PrimaryKey(title)
  }

  fun connect(dataSource: DataSource): Database =
      Database.connect(
          dataSource,
          databaseConfig = DatabaseConfig { defaultMaxAttempts = 1 }, // Exposed's default is 3
      )

  fun add(database: Database, title: String) {
    transaction(database) { Books.insert { it[Books.title] = title } }
  }

  // end::exposed[]

  private fun titles(database: Database) =
      transaction(database) { Books.selectAll().map { it[Books.title] } }

  @Test
  fun transactionsShareTheConnections() {
    val dataSource = pool { it.maxSize(2) }
    val database = connect(dataSource)
    try {
      transaction(database) { SchemaUtils.create(Books) }

      val threads = (1..50).map { Thread { add(database, "book $it") }.apply { start() } }
      threads.forEach { it.join() }

      assertThat(titles(database)).hasSize(50)
      assertThat(dataSource.stats().size()).isLessThanOrEqualTo(2)
    } finally {
      TransactionManager.closeAndUnregister(database)
    }
  }

  @Test
  fun failedTransactionIsRolledBackAndNotRepeated() {
    val database = connect(pool { it.maxSize(2) })
    try {
      transaction(database) { SchemaUtils.create(Books) }
      add(database, "Kotlin in Action")
      val attempts = AtomicInteger()

      assertThatThrownBy {
            transaction(database) {
              attempts.incrementAndGet()
              Books.insert { it[title] = "Programming Kotlin" }
              Books.insert { it[title] = "Kotlin in Action" }
            }
          }
          .isInstanceOf(ExposedSQLException::class.java)

      assertThat(attempts).hasValue(1)
      assertThat(titles(database)).containsExactly("Kotlin in Action")
    } finally {
      TransactionManager.closeAndUnregister(database)
    }
  }

  /** Why the recipe sets the number of attempts. */
  @Test
  fun exposedItselfRepeatsATransactionAfterAnySqlException() {
    val database = Database.connect(pool { it.maxSize(2) })
    try {
      transaction(database) { SchemaUtils.create(Books) }
      add(database, "Kotlin in Action")
      val attempts = AtomicInteger()

      assertThatThrownBy {
            transaction(database) {
              attempts.incrementAndGet()
              Books.insert { it[title] = "Kotlin in Action" }
            }
          }
          .isInstanceOf(ExposedSQLException::class.java)

      assertThat(attempts).hasValue(3)
    } finally {
      TransactionManager.closeAndUnregister(database)
    }
  }

  @Test
  fun fullPoolIsToldOnce() {
    val dataSource = impatientPool()
    val database = connect(dataSource)
    try {
      transaction(database) { SchemaUtils.create(Books) }
      dataSource.connection.use {
        assertThatThrownBy { add(database, "Kotlin in Action") }
            .hasRootCauseInstanceOf(PoolExhaustedException::class.java)
      }

      add(database, "Kotlin in Action")

      assertThat(titles(database)).containsExactly("Kotlin in Action")
      assertThat(dataSource.stats().timedOut()).isEqualTo(1)
    } finally {
      TransactionManager.closeAndUnregister(database)
    }
  }
}
