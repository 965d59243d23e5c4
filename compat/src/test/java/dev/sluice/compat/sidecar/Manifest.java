package dev.sluice.compat.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1Deployment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A manifest of Kubernetes: as a tree, and by the model classes that its API generates. */
final class Manifest {
  private final Map<String, Object> tree;

  Manifest(String yaml) {
    tree = map(new Load(LoadSettings.builder().build()).loadFromString(yaml));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) value;
  }

  private static List<Map<String, Object>> maps(Object value) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Object each : (List<?>) value) {
      all.add(map(each));
    }
    return all;
  }

  /** What the model of a Deployment has against it: unknown or missing fields, wrong types. */
  List<String> problems() {
    assertThat(tree).containsEntry("apiVersion", "apps/v1").containsEntry("kind", "Deployment");
    JsonElement json = new Gson().toJsonTree(tree);
    try {
      V1Deployment.validateJsonElement(json);
      V1Deployment deployment = JSON.getGson().fromJson(json, V1Deployment.class);
      assertThat(deployment.getSpec()).isNotNull();
      return List.of();
    } catch (IOException | RuntimeException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** A container of the pod. */
  Map<String, Object> container(String kind, String name) {
    Map<String, Object> pod = map(map(map(tree.get("spec")).get("template")).get("spec"));
    return maps(pod.get(kind)).stream()
        .filter(container -> name.equals(container.get("name")))
        .findFirst()
        .orElseThrow();
  }

  static List<String> arguments(Map<String, Object> container) {
    return ((List<?>) container.get("args")).stream().map(String::valueOf).toList();
  }

  /** The variables of a container, with a secret's values in their places, as Kubernetes does. */
  static Map<String, String> environment(
      Map<String, Object> container, Map<String, String> secret) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Map<String, Object> variable : maps(container.get("env"))) {
      String value =
          variable.containsKey("value")
              ? String.valueOf(variable.get("value"))
              : secret.get(secretKey(variable));
      for (Map.Entry<String, String> earlier : environment.entrySet()) {
        value = value.replace("$(" + earlier.getKey() + ")", earlier.getValue());
      }
      environment.put(String.valueOf(variable.get("name")), value);
    }
    return environment;
  }

  private static String secretKey(Map<String, Object> variable) {
    return String.valueOf(map(map(variable.get("valueFrom")).get("secretKeyRef")).get("key"));
  }

  /** The path that a probe asks, at the port of the metrics. */
  static String probePath(Map<String, Object> container, String probe) {
    Map<String, Object> get = map(map(container.get(probe)).get("httpGet"));
    assertThat(get).containsEntry("port", "metrics");
    assertThat(maps(container.get("ports")))
        .anySatisfy(port -> assertThat(port).containsEntry("name", "metrics"));
    return String.valueOf(get.get("path"));
  }
}
