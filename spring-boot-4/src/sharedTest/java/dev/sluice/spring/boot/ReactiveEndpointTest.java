package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.Connection;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

/** The endpoint {@code sluice} knows the reactive pools too. */
@Tag("without-peers")
class ReactiveEndpointTest {
  private static final String EXPOSED = "management.endpoints.web.exposure.include=sluice";

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Shop {
    @Bean
    SluiceR2dbcBuilderCustomizer names() {
      return builder -> builder.name("orders");
    }
  }

  /** Both doors, with the same name for their pools. */
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class BothDoors extends Shop {
    @Bean
    dev.sluice.jdbc.SluiceDataSource dataSource() {
      return dev.sluice.jdbc.Sluice.dataSource("jdbc:h2:mem:both").name("orders").build();
    }
  }

  private static SluiceEndpoint endpoint(ConfigurableApplicationContext app) {
    return app.getBean(SluiceEndpoint.class);
  }

  @Test
  void reactivePoolIsListedAndChanged() {
    try (ConfigurableApplicationContext app =
        Apps.run(Shop.class, "spring.r2dbc.url=r2dbc:h2:mem:///listed", EXPOSED)) {
      SluiceConnectionFactory pool = app.getBean(SluiceConnectionFactory.class);
      Connection connection = Objects.requireNonNull(Mono.from(pool.create()).block());

      Map<String, SluiceEndpoint.Summary> listed = endpoint(app).pools();
      assertThat(listed).containsOnlyKeys("orders");
      assertThat(Objects.requireNonNull(listed.get("orders")).active()).isEqualTo(1);
      SluiceEndpoint.Details details = Objects.requireNonNull(endpoint(app).pool("orders"));
      assertThat(details.leases()).hasSize(1);
      assertThat(details.advice()).isNotNull();
      Mono.from(connection.close()).block();

      assertThat(endpoint(app).change("orders", "resize", 1, 5).maxSize()).isEqualTo(5);
      assertThat(pool.stats().maxSize()).isEqualTo(5);
      endpoint(app).change("orders", "suspend", null, null);
      assertThat(pool.toString()).contains("suspended");
      endpoint(app).change("orders", "resume", null, null);
      endpoint(app).change("orders", "refresh", null, null);
      Mono.from(pool.create()).flatMap(next -> Mono.from(next.close())).block();
    }
  }

  @Test
  void poolsOfBothDoorsAreListedThoughTheyHaveOneName() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            BothDoors.class,
            "spring.r2dbc.url=r2dbc:h2:mem:///both",
            "spring.liquibase.enabled=false",
            "spring.flyway.enabled=false",
            EXPOSED)) {
      assertThat(endpoint(app).pools()).containsOnlyKeys("orders", "orders-2");
    }
  }

  @Test
  void applicationThatSwitchedSluiceOffHasNoEndpoint() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class, "spring.r2dbc.url=r2dbc:h2:mem:///off", EXPOSED, "sluice.enabled=false")) {
      assertThat(app.getBeanNamesForType(SluiceEndpoint.class)).isEmpty();
    }
  }

  @Test
  void applicationWithoutR2dbcHasTheEndpoint() {
    new ApplicationContextRunner()
        .withClassLoader(new FilteredClassLoader("dev.sluice.r2dbc", "io.r2dbc"))
        .withConfiguration(
            AutoConfigurations.of(
                SluiceAutoConfiguration.class, SluiceEndpointAutoConfiguration.class))
        .withPropertyValues(EXPOSED)
        .run(
            context -> {
              assertThat(context).hasSingleBean(SluiceEndpoint.class);
              assertThat(context.getBean(SluiceEndpoint.class).pools()).isEmpty();
            });
  }
}
