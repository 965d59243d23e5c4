package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSourceBean;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What a native image is told. */
class HintsTest {
  @Test
  void beanCanBeMadeAndConfiguredByReflection() {
    RuntimeHints hints = new RuntimeHints();
    SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
        .load(RuntimeHintsRegistrar.class)
        .stream()
        .filter(SluiceRuntimeHints.class::isInstance)
        .forEach(registrar -> registrar.registerHints(hints, null));

    assertThat(hints)
        .matches(
            RuntimeHintsPredicates.reflection()
                .onType(SluiceDataSourceBean.class)
                .withMemberCategories(
                    MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS,
                    MemberCategory.INVOKE_PUBLIC_METHODS),
            "made and configured by reflection");
  }
}
