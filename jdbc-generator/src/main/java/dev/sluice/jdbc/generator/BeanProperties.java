package dev.sluice.jdbc.generator;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Writes the accessors of the JavaBean from the source of the table of options. It reads the source
 * because the table is part of the module that needs the accessors.
 */
final class BeanProperties {
  static final String NAME = "SluiceBeanProperties";

  /** Options whose value may be unset although their type has no word for it. */
  private static final Set<String> MAY_BE_UNSET = Set.of("autoCommit", "readOnly", "maxIdle");

  /** Options that can be given several times; their getters return a list. */
  private static final Set<String> LISTS = Set.of("listener", "group");

  private static final int WIDTH = 90;

  private final StringBuilder body = new StringBuilder();
  private final Set<String> imports =
      new TreeSet<>(Set.of("dev.sluice.jdbc.config.Option", "org.jspecify.annotations.Nullable"));
  private final Map<String, String> known = new LinkedHashMap<>();

  private BeanProperties() {}

  /** One constant of the table. */
  private record Described(String constant, String key, String type, String about) {
    String property() {
      return Character.toUpperCase(key.charAt(0)) + key.substring(1);
    }

    /** The class in {@code OptionType.object(CredentialsSource.class)}. */
    String classOfType() {
      return type.substring(type.indexOf('(') + 1, type.lastIndexOf(".class"));
    }
  }

  /** Returns the source of the class that has the accessors. */
  static String source(Path options) throws IOException {
    BeanProperties properties = new BeanProperties();
    for (Described option : properties.read(options)) {
      properties.add(option);
    }
    return properties.file();
  }

  private List<Described> read(Path options) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<Described> found = new ArrayList<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(options));
      for (CompilationUnitTree unit : task.parse()) {
        unit.getImports()
            .forEach(
                one -> {
                  String name = one.getQualifiedIdentifier().toString();
                  known.put(name.substring(name.lastIndexOf('.') + 1), name);
                });
        new Constants(found).scan(unit, null);
      }
    }
    return found;
  }

  /** Collects the constants of the enum. */
  private static final class Constants extends TreeScanner<Void, Void> {
    private final List<Described> found;

    Constants(List<Described> found) {
      this.found = found;
    }

    @Override
    public Void visitVariable(VariableTree variable, Void nothing) {
      if (variable.getInitializer() instanceof NewClassTree constant
          && constant.getArguments().size() >= 4) {
        List<? extends ExpressionTree> arguments = constant.getArguments();
        found.add(
            new Described(
                variable.getName().toString(),
                text(arguments.get(0)),
                arguments.get(2).toString(),
                text(arguments.get(arguments.size() - 1))));
      }
      return null;
    }

    private static String text(ExpressionTree tree) {
      if (tree instanceof BinaryTree sum) {
        return text(sum.getLeftOperand()) + text(sum.getRightOperand());
      }
      return String.valueOf(((LiteralTree) tree).getValue());
    }
  }

  private void add(Described option) {
    String type = option.type().replace("OptionType.", "");
    int bracket = type.indexOf('(');
    switch (bracket < 0 ? type : type.substring(0, bracket)) {
      case "TEXT", "SECRET", "STATEMENTS", "ISOLATION", "RESET_POLICY", "OVERLOAD" -> text(option);
      case "TRUTH" -> plain(option, "boolean", "Boolean");
      case "wholeNumber" -> plain(option, "int", "Integer");
      case "bigNumber" -> plain(option, "long", "Long");
      case "fraction" -> plain(option, "double", "Double");
      case "DURATION", "DURATION_OR_OFF", "DURATION_OR_NEVER" -> {
        imports.add("java.time.Duration");
        typed(option, "Duration");
      }
      case "choice" -> typed(option, use(option.classOfType()));
      case "object" -> object(option, use(option.classOfType()));
      default -> throw new IllegalArgumentException("no property for " + option.type());
    }
  }

  private String use(String name) {
    int dot = name.indexOf('.');
    String full = known.get(dot < 0 ? name : name.substring(0, dot));
    if (full != null && !full.startsWith("dev.sluice.jdbc.")) {
      imports.add(full);
    }
    return name;
  }

  private void text(Described option) {
    getter(option, "@Nullable String", "get", "text(Option." + option.constant() + ")");
    setter(option, "@Nullable String", "read");
  }

  private void plain(Described option, String primitive, String box) {
    String value = "value(Option." + option.constant() + ", " + box + ".class)";
    if (MAY_BE_UNSET.contains(option.key())) {
      getter(option, "@Nullable " + box, "get", value);
      setter(option, "@Nullable " + box, "set");
    } else {
      String verb = primitive.equals("boolean") ? "is" : "get";
      getter(option, primitive, verb, "given(" + value + ")");
      setter(option, primitive, "set");
    }
  }

  /** A type that containers do not know: they look for a setter that takes text. */
  private void typed(Described option, String type) {
    String value = "value(Option." + option.constant() + ", " + type + ".class)";
    getter(option, type, "get", "given(" + value + ")");
    setter(option, nullable(type), "set");
    setter(option, "@Nullable String", "read");
  }

  /** The annotation stands before the last name of a type. */
  private static String nullable(String type) {
    int last = type.lastIndexOf('.') + 1;
    return type.substring(0, last) + "@Nullable " + type.substring(last);
  }

  private void object(Described option, String type) {
    if (LISTS.contains(option.key())) {
      imports.add("java.util.List");
      doc(option.about());
      line("public List<" + type + "> get" + option.property() + "s() {");
      line("  return list(Option." + option.constant() + ", " + type + ".class);");
      line("}");
    } else {
      String value = "value(Option." + option.constant() + ", " + type + ".class)";
      getter(option, nullable(type), "get", value);
    }
    setter(option, nullable(type), "set");
  }

  private void getter(Described option, String type, String verb, String value) {
    doc(option.about());
    line("public " + type + " " + verb + option.property() + "() {");
    line("  return " + value + ";");
    line("}");
  }

  private void setter(Described option, String type, String how) {
    boolean reads = how.equals("read") && !option.type().matches(".*(TEXT|SECRET)");
    doc(
        reads
            ? "Sets {@code " + option.key() + "} from text, as a file of options has it."
            : "Sets {@code " + option.key() + "}.");
    line("public void set" + option.property() + "(" + type + " " + option.key() + ") {");
    line("  " + how + "(Option." + option.constant() + ", " + option.key() + ");");
    line("}");
  }

  private void doc(String text) {
    body.append('\n');
    if (text.length() < WIDTH) {
      line("/** " + code(text) + " */");
      return;
    }
    line("/**");
    StringBuilder row = new StringBuilder();
    for (String word : code(text).split(" ", -1)) {
      if (row.length() + word.length() > WIDTH) {
        line(" * " + row.toString().strip());
        row.setLength(0);
      }
      row.append(word).append(' ');
    }
    line(" * " + row.toString().strip());
    line(" */");
  }

  private static String code(String text) {
    return text.replaceAll("`([^`]*)`", "{@code $1}");
  }

  private void line(String text) {
    body.append("  ").append(text).append('\n');
  }

  private String file() {
    StringBuilder out = new StringBuilder("package dev.sluice.jdbc;\n\n");
    imports.forEach(name -> out.append("import ").append(name).append(";\n"));
    out.append(
            "\n"
                + "/** The options as properties of a JavaBean; written from the table of options."
                + " */\n")
        .append("public abstract class " + NAME + " extends BeanDataSource {\n")
        .append("  " + NAME + "() {}\n")
        .append(body)
        .append("}\n");
    return out.toString();
  }
}
