// What an app in Java hands to the check, for each mistake: the standard library, Jackson and Gson.
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

public class Hooks {
    interface Wrong {
        String of(byte[] body) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        ObjectMapper jackson = new ObjectMapper();
        Map<String, Wrong> wrong = Map.ofEntries(
            Map.entry("jackson-tree", b -> jackson.readTree(b).toString()),
            Map.entry("jackson-pretty", b -> jackson.writerWithDefaultPrettyPrinter().writeValueAsString(jackson.readTree(b))),
            Map.entry("jackson-sorted", b -> jackson.writeValueAsString(new TreeMap<>(jackson.readValue(b, Map.class)))),
            Map.entry("map-string", b -> jackson.readValue(b, Map.class).toString()),
            Map.entry("gson", b -> new Gson().toJson(new Gson().fromJson(new String(b, StandardCharsets.UTF_8), JsonElement.class))),
            Map.entry("gson-pretty", b -> new GsonBuilder().setPrettyPrinting().create().toJson(new Gson().fromJson(new String(b, StandardCharsets.UTF_8), JsonElement.class))),
            Map.entry("latin1", b -> new String(b, StandardCharsets.ISO_8859_1)),
            Map.entry("ascii", b -> new String(b, StandardCharsets.US_ASCII)),
            Map.entry("bytes-string", b -> b.toString()),
            Map.entry("arrays-string", b -> Arrays.toString(b)),
            Map.entry("base64", b -> Base64.getMimeEncoder().encodeToString(b)),
            Map.entry("lines", b -> new BufferedReader(new InputStreamReader(new ByteArrayInputStream(b), StandardCharsets.UTF_8)).lines().collect(Collectors.joining())));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
        server.createContext("/java/", exchange -> {
            byte[] answer;
            try {
                answer = wrong.get(exchange.getRequestURI().getPath().substring(6)).of(exchange.getRequestBody().readAllBytes()).getBytes(StandardCharsets.UTF_8);
            } catch (Exception error) {
                throw new RuntimeException(error);
            }
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }
}
