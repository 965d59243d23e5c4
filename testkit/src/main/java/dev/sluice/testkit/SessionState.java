package dev.sluice.testkit;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that a physical connection remembers from one use to the next, at one moment.
 *
 * @param autoCommit as in JDBC
 * @param readOnly as in JDBC
 * @param isolation as in JDBC
 * @param catalog as in JDBC
 * @param schema as in JDBC
 * @param clientInfo as in JDBC
 * @param typeMap as in JDBC
 * @param holdability as in JDBC
 * @param networkTimeoutMillis as in JDBC, 0 for none
 * @param inTransaction whether the server holds a transaction open
 * @param uncommitted the writes of the open transaction, in order
 * @param warnings how many warnings wait to be read
 * @param openStatements how many statements are open
 * @param variables what {@code SET} set on the server
 * @param serverObjects temporary tables, listened channels, advisory locks, prepared statements
 */
public record SessionState(
    boolean autoCommit,
    boolean readOnly,
    int isolation,
    String catalog,
    String schema,
    Map<String, String> clientInfo,
    Map<String, Class<?>> typeMap,
    int holdability,
    int networkTimeoutMillis,
    boolean inTransaction,
    List<String> uncommitted,
    int warnings,
    int openStatements,
    Map<String, String> variables,
    Set<String> serverObjects) {}
