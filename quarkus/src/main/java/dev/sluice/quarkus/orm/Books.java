package dev.sluice.quarkus.orm;

import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.List;

/** Books over HTTP. */
@Path("/books")
public class Books {
  private final EntityManager entities;

  Books(EntityManager entities) {
    this.entities = entities;
  }

  /** Keeps a book; one without a title fails after it was persisted. */
  @POST
  @Transactional
  public String add(String title) {
    entities.persist(new Book(title));
    if (title.isEmpty()) {
      throw new IllegalArgumentException("A book has a title");
    }
    return title;
  }

  /** The titles of all books, one a line. */
  @GET
  public String titles() {
    List<String> titles =
        entities
            .createQuery("select b.title from Book b order by b.title", String.class)
            .getResultList();
    return String.join("\n", titles);
  }
}
