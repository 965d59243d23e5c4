package dev.sluice.pool;

import java.util.List;

/** Reduces stacks to the frames that a reader looks for. */
final class Stacks {
  private static final int FRAMES = 3;

  private Stacks() {}

  /** Packages of infrastructure, whose frames say nothing about the application. */
  private static final String[] INFRASTRUCTURE = {
    "java.",
    "javax.",
    "jakarta.",
    "jdk.",
    "sun.",
    "com.sun.",
    "dev.sluice.pool.",
    "dev.sluice.jdbc.",
    "kotlin.",
    "kotlinx.coroutines.",
    "scala.",
    "groovy.lang.",
    // Drivers.
    "org.postgresql.",
    "org.mariadb.jdbc.",
    "com.mysql.",
    "org.h2.",
    "org.sqlite.",
    "org.duckdb.",
    "oracle.jdbc.",
    "oracle.net.",
    "com.microsoft.sqlserver.",
    "com.ibm.db2.",
    "org.hsqldb.",
    "org.apache.derby.",
    "com.p6spy.",
    "net.ttddyy.dsproxy.",
    // Frameworks between an application and its connections.
    "org.springframework.",
    "org.hibernate.",
    "org.jooq.",
    "org.apache.ibatis.",
    "org.mybatis.",
    "org.jdbi.",
    "org.flywaydb.",
    "liquibase.",
    "org.eclipse.persistence.",
    "io.ebean.",
    "com.querydsl.",
    "io.micrometer.",
    "io.opentelemetry.",
    "org.aspectj.",
    "net.bytebuddy.",
    // Servers and task runners.
    "org.apache.catalina.",
    "org.apache.coyote.",
    "org.apache.tomcat.",
    "org.eclipse.jetty.",
    "io.undertow.",
    "io.netty.",
    "reactor.",
    "io.reactivex.",
    "io.vertx.",
    "io.quarkus.",
    "io.micronaut.",
    "org.jboss.",
    "akka.",
    "org.apache.pekko.",
  };

  /**
   * The first frames of the application: frames of the JDK, the pool, drivers and well-known
   * frameworks are omitted. If there are no others, the first frames of all.
   */
  static String caller(List<StackTraceElement> stack) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (StackTraceElement frame : stack) {
      if (shown < FRAMES && !isInfrastructure(frame.getClassName())) {
        text.append(shown++ == 0 ? "" : " < ").append(shown(frame));
      }
    }
    return shown == 0 ? shown(stack.get(0)) : text.toString();
  }

  /** The frame without its class loader and module, which are the same for nearly all frames. */
  private static String shown(StackTraceElement frame) {
    String place =
        frame.getFileName() == null
            ? "Unknown Source"
            : frame.getLineNumber() < 0
                ? frame.getFileName()
                : frame.getFileName() + ":" + frame.getLineNumber();
    return frame.getClassName() + "." + frame.getMethodName() + "(" + place + ")";
  }

  private static boolean isInfrastructure(String className) {
    for (String prefix : INFRASTRUCTURE) {
      if (className.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }
}
