package dev.sluice.pool;

import java.util.List;

/** Stacks, reduced to what a person looks for in them. */
final class Stacks {
  private static final int FRAMES = 3;

  private Stacks() {}

  /** Packages whose frames lead to the application's, and say nothing of it. */
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
    // Servers and what runs tasks.
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
   * The first frames of the application's own: those of the JDK, the pool, drivers and well-known
   * frameworks are left out. The first of all, where nothing else is there.
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

  /** The frame, without its loader and module, which are the same for nearly all. */
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
