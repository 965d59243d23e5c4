package dev.sluice.proxy.ldap;

import dev.sluice.proxy.config.LdapOptions;
import dev.sluice.proxy.config.LdapOptions.Direct;
import dev.sluice.proxy.config.LdapOptions.Search;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.PartialResultException;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.StartTlsRequest;
import javax.naming.ldap.StartTlsResponse;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One check of a password: finds the user's entry and binds as it. Blocks, on an {@link
 * LdapThread}.
 *
 * <p>A bind without a name or without a password succeeds on many servers, and proves nothing (RFC
 * 4513, 5.1). So such a bind is made only to search, where no searcher is configured.
 */
final class LdapBind {
  /** How long connecting, and each answer, may take. In milliseconds. */
  private static final String ANSWER_MILLIS = "3000";

  /** Two are enough to see that the user is not unique. */
  private static final int ENTRIES_MAX = 2;

  /** The password does not fit, or there is no such user. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why, null, false, false);
    }
  }

  private final LdapOptions options;
  private final Supplier<SSLSocketFactory> tls;

  LdapBind(LdapOptions options, Supplier<SSLSocketFactory> tls) {
    this.options = options;
    this.tls = tls;
  }

  /**
   * Returns if the password is the user's.
   *
   * @throws Refused if it is not
   * @throws NamingException if the server cannot be reached, or does not answer
   */
  void check(String user, byte[] password) throws Refused, NamingException, IOException {
    if (password.length == 0) {
      throw new Refused("the password is empty");
    }
    String entry = entry(user);
    if (entry.isBlank()) {
      throw new Refused("the name of the user's entry is empty");
    }
    try (Session session = new Session()) {
      session.bind(entry, password);
    } catch (javax.naming.AuthenticationException e) {
      throw new Refused("the server refuses " + shown(entry) + ": " + e.getMessage());
    }
  }

  private String entry(String user) throws Refused, NamingException, IOException {
    if (options.mode() instanceof Direct direct) {
      return LdapNames.entry(direct.prefix(), user, direct.suffix());
    }
    return find((Search) options.mode(), user);
  }

  private String find(Search search, String user) throws Refused, NamingException, IOException {
    String filter = LdapNames.filter(search.filter(), user);
    try (Session session = new Session()) {
      if (search.searcher().isPresent()) {
        LdapOptions.Searcher searcher = search.searcher().get();
        session.bind(searcher.name(), searcher.password().reveal());
      }
      return session.only(search, filter);
    }
  }

  private static String shown(String name) {
    return "\"" + name + "\"";
  }

  /** A connection to the server. */
  private final class Session implements AutoCloseable {
    private final LdapContext context;
    private @Nullable StartTlsResponse started;

    Session() throws NamingException, IOException {
      context = new InitialLdapContext(environment(), null); // which sends no bind yet
      boolean ready = false;
      try {
        if (options.startTls()) {
          startTls();
        }
        ready = true;
      } finally {
        if (!ready) {
          context.close();
        }
      }
    }

    private void startTls() throws NamingException, IOException {
      StartTlsResponse response =
          (StartTlsResponse) context.extendedOperation(new StartTlsRequest());
      response.negotiate(tls.get()); // checks the certificate, and the host's name in it
      started = response;
    }

    void bind(String name, Object password) throws NamingException {
      context.addToEnvironment(Context.SECURITY_AUTHENTICATION, "simple");
      context.addToEnvironment(Context.SECURITY_PRINCIPAL, name);
      context.addToEnvironment(Context.SECURITY_CREDENTIALS, password);
      context.reconnect(null);
    }

    /** The name of the only entry that matches. */
    @SuppressWarnings("BanJNDI") // neither objects nor attributes are asked for
    String only(Search search, String filter) throws NamingException, Refused {
      NamingEnumeration<SearchResult> results =
          context.search(new LdapName(search.base()), filter, controls(search));
      try {
        Optional<String> first = next(results);
        if (first.isEmpty()) {
          throw new Refused("no entry matches " + filter);
        }
        if (next(results).isPresent()) {
          throw new Refused("more than one entry matches " + filter);
        }
        return first.get();
      } finally {
        results.close();
      }
    }

    /** References to other servers, which a directory may add at the end, are not followed. */
    private static Optional<String> next(NamingEnumeration<SearchResult> results)
        throws NamingException {
      try {
        return results.hasMore()
            ? Optional.of(results.next().getNameInNamespace())
            : Optional.empty();
      } catch (PartialResultException e) {
        return Optional.empty();
      }
    }

    @Override
    public void close() throws NamingException, IOException {
      try {
        if (started != null) {
          started.close();
        }
      } finally {
        context.close();
      }
    }
  }

  private static SearchControls controls(Search search) {
    SearchControls controls = new SearchControls();
    controls.setSearchScope(
        switch (search.scope()) {
          case BASE -> SearchControls.OBJECT_SCOPE;
          case ONE -> SearchControls.ONELEVEL_SCOPE;
          case SUB -> SearchControls.SUBTREE_SCOPE;
        });
    controls.setCountLimit(ENTRIES_MAX);
    controls.setReturningObjFlag(false);
    controls.setReturningAttributes(new String[] {"1.1"}); // none
    return controls;
  }

  @SuppressWarnings("JdkObsolete") // what the JDK's context takes
  private Hashtable<String, Object> environment() {
    String scheme = options.ldaps() ? "ldaps://" : "ldap://";
    Hashtable<String, Object> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
    environment.put(
        Context.PROVIDER_URL,
        options.servers().stream().map(server -> scheme + server).collect(Collectors.joining(" ")));
    environment.put(Context.SECURITY_AUTHENTICATION, "none");
    environment.put("java.naming.ldap.factory.socket", LdapSockets.class.getName());
    environment.put("com.sun.jndi.ldap.connect.timeout", ANSWER_MILLIS);
    environment.put("com.sun.jndi.ldap.read.timeout", ANSWER_MILLIS);
    return environment;
  }
}
