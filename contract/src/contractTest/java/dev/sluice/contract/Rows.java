package dev.sluice.contract;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import io.r2dbc.spi.test.MockRow;
import io.r2dbc.spi.test.MockRowMetadata;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A result whose rows have one column. */
record Rows(List<Object> values, long updated) implements Result {
  Rows {
    values = List.copyOf(values);
  }

  private static Row row(Object value) {
    return MockRow.builder().identified(0, Object.class, value).build();
  }

  @Override
  public Publisher<Long> getRowsUpdated() {
    return Mono.just(updated);
  }

  @Override
  public <T> Publisher<T> map(BiFunction<Row, RowMetadata, ? extends T> mapping) {
    return Flux.fromIterable(values)
        .map(value -> mapping.apply(row(value), MockRowMetadata.empty()));
  }

  @Override
  public <T> Publisher<T> map(Function<? super Readable, ? extends T> mapping) {
    return Flux.fromIterable(values).map(value -> mapping.apply(row(value)));
  }

  @Override
  public Result filter(Predicate<Segment> filter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Publisher<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mapping) {
    throw new UnsupportedOperationException();
  }
}
