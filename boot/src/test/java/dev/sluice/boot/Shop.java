package dev.sluice.boot;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** An application with everything that Boot configures by itself, and no data source of its own. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(Shop.Counter.class)
class Shop {

  /** Saves a book for each POST. */
  @RestController
  static class Counter {
    private final Books books;

    Counter(Books books) {
      this.books = books;
    }

    @PostMapping("/books")
    void add(@RequestBody String title) {
      books.save(new Book(title));
    }
  }
}
