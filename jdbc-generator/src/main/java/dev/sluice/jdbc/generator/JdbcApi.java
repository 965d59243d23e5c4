package dev.sluice.jdbc.generator;

import java.io.StringWriter;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * JDBC as Java 17 has it, whatever JDK runs: the compiler reads it from its own record of older
 * releases. Reflection would see the running JDK's interfaces instead, and the generated classes
 * would differ from one JDK to the next.
 */
final class JdbcApi {
  private static final String RELEASE = "17";

  private final Elements elements;

  private JdbcApi(Elements elements) {
    this.elements = elements;
  }

  /** Lets {@code reader} see the API; what it returns must not hold on to it. */
  static <T> T read(Function<JdbcApi, T> reader) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    AtomicReference<@Nullable T> result = new AtomicReference<>();
    StringWriter complaints = new StringWriter();
    List<String> options = List.of("--release", RELEASE, "-proc:only");
    var task = compiler.getTask(complaints, null, null, options, null, List.of(new Nothing()));
    task.setProcessors(List.of(new Reading<>(reader, result)));
    T read = task.call() ? result.get() : null;
    if (read == null) {
      throw new IllegalStateException("the compiler could not read java.sql: " + complaints);
    }
    return read;
  }

  /**
   * The methods that an interface itself declares, in an order that does not depend on the JDK: by
   * name, then by parameters.
   */
  List<ExecutableElement> methods(String type) {
    TypeElement element = elements.getTypeElement(type);
    return ElementFilter.methodsIn(element.getEnclosedElements()).stream()
        .filter(method -> !method.getModifiers().contains(Modifier.STATIC))
        .filter(method -> !method.getModifiers().contains(Modifier.PRIVATE))
        .sorted(Comparator.comparing(JdbcApi::signature))
        .toList();
  }

  /** Whether an interface extends {@link java.sql.Wrapper} itself. */
  boolean isWrapper(String type) {
    return elements.getTypeElement(type).getInterfaces().stream()
        .anyMatch(parent -> parent.toString().equals("java.sql.Wrapper"));
  }

  private static String signature(ExecutableElement method) {
    return method.getSimpleName() + " " + method.asType();
  }

  /** The compiler wants a source before it lets a processor look around. */
  private static final class Nothing extends SimpleJavaFileObject {
    Nothing() {
      super(URI.create("string:///Nothing.java"), JavaFileObject.Kind.SOURCE);
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return "interface Nothing {}";
    }
  }

  private static final class Reading<T> extends AbstractProcessor {
    private final Function<JdbcApi, T> reader;
    private final AtomicReference<@Nullable T> result;

    Reading(Function<JdbcApi, T> reader, AtomicReference<@Nullable T> result) {
      this.reader = reader;
      this.result = result;
    }

    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      if (!round.processingOver()) {
        result.set(reader.apply(new JdbcApi(processingEnv.getElementUtils())));
      }
      return false;
    }
  }
}
