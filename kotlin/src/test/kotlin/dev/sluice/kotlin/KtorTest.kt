package dev.sluice.kotlin

import dev.sluice.jdbc.SluiceDataSource
import dev.sluice.jdbc.PoolExhaustedException
import dev.sluice.testkit.Timing
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationStopped
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.routing
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Ktor: a web server of coroutines, which must not block. */
class KtorTest : RecipeTest() {

  // tag::ktor[]
  fun Application.answers(dataSource: SluiceDataSource) {
    monitor.subscribe(ApplicationStopped) { dataSource.close() }
    routing {
      get("/answer") {
        try {
          call.respondText(answer(dataSource))
        } catch (full: PoolExhaustedException) { // too many requests at once
          call.respondText("Try again later", status = HttpStatusCode.ServiceUnavailable)
        }
      }
    }
  }

  suspend fun answer(dataSource: SluiceDataSource): String =
      withContext(Dispatchers.IO) { // JDBC blocks its thread
        dataSource.connection.use { connection ->
          connection.createStatement().use { statement ->
            statement.executeQuery("SELECT 42").use { row ->
              row.next()
              row.getString(1)
            }
          }
        }
      }

  // end::ktor[]

  private val client = HttpClient.newHttpClient()

  private fun get(port: Int): HttpResponse<String> =
      client.send(request(port), HttpResponse.BodyHandlers.ofString())

  private fun request(port: Int) =
      HttpRequest.newBuilder(URI.create("http://127.0.0.1:$port/answer")).build()

  private fun serve(dataSource: SluiceDataSource, test: (Int) -> Unit) {
    val server =
        embeddedServer(CIO, host = "127.0.0.1", port = 0) { answers(dataSource) }
            .start(wait = false)
    try {
      test(runBlocking { server.engine.resolvedConnectors().first().port })
    } finally {
      server.stop(0, Timing.LONG.toMillis())
    }
    assertThat(dataSource.isClosed).isTrue()
  }

  @Test
  fun crowdOfRequestsSharesTwoConnections() {
    val dataSource = pool { it.maxSize(2) }

    serve(dataSource) { port ->
      val answers =
          (1..50).map { client.sendAsync(request(port), HttpResponse.BodyHandlers.ofString()) }

      assertThat(answers.map { it.join().body() }).containsOnly("42")
      assertThat(dataSource.stats().size()).isLessThanOrEqualTo(2)
    }
  }

  @Test
  fun fullPoolIsTheClientsToRetry() {
    val dataSource = impatientPool()

    serve(dataSource) { port ->
      dataSource.connection.use { assertThat(get(port).statusCode()).isEqualTo(503) }

      assertThat(get(port).body()).isEqualTo("42")
    }
  }
}
