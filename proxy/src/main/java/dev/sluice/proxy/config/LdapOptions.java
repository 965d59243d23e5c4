package dev.sluice.proxy.config;

import java.util.List;
import java.util.Optional;

/**
 * Which LDAP server judges passwords, and how: PostgreSQL's options, as {@code auth_ldap_options}
 * or behind the method of an access rule. Immutable; thread-safe.
 *
 * @param servers host and port of each server, in the order of trying
 * @param ldaps whether TLS begins with the connection
 * @param startTls whether TLS begins by STARTTLS, before any password is sent
 * @param mode how a user's entry is found
 */
public record LdapOptions(List<Server> servers, boolean ldaps, boolean startTls, Mode mode) {
  /** Copies the list. */
  public LdapOptions {
    servers = List.copyOf(servers);
  }

  /**
   * A server.
   *
   * @param host its name or address
   * @param port from 1 to 65,535
   */
  public record Server(String host, int port) {
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** How a user's entry is found. */
  public sealed interface Mode {}

  /**
   * The entry's name is made from the user's.
   *
   * @param prefix what stands before the user
   * @param suffix what stands after
   */
  public record Direct(String prefix, String suffix) implements Mode {}

  /**
   * The entry is searched for.
   *
   * @param base where the search begins
   * @param scope how deep it goes
   * @param filter what the entry must match; {@code $username} stands for the user
   * @param searcher who searches; anonymous if empty
   */
  public record Search(String base, Scope scope, String filter, Optional<Searcher> searcher)
      implements Mode {}

  /**
   * Who searches.
   *
   * @param name the name of its entry
   * @param password its password
   */
  public record Searcher(String name, Secret password) {}

  /** How deep a search goes. */
  public enum Scope {
    /** The base alone. */
    BASE,
    /** What is directly below the base. */
    ONE,
    /** The base and all below it. */
    SUB
  }
}
