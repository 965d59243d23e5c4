package dev.sluice.boot;

import org.springframework.data.jpa.repository.JpaRepository;

/** Spring Data implements it. */
interface Books extends JpaRepository<Book, Long> {}
