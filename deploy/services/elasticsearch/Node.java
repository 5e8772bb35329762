import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.KeyStoreWrapper;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Starts an Elasticsearch node: {@code Node HOME FOLDER PORT}.
 *
 * <p>The distribution's own launcher sets up certificates, a keystore file and a supervising
 * process. For a node on loopback that tests start and kill, one process without them is what is
 * wanted. With a password in the environment, that of the user {@code elastic}, the node asks who
 * comes; without TLS all the same.
 */
final class Node {
    private static final String NAME = "bunco-services";

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Path folder = Path.of(arguments[1]);
        LogConfigurator.configureESLogging();
        Environment environment =
                InternalSettingsPreparer.prepareEnvironment(
                        settings(home, folder, arguments[2]),
                        Map.of(),
                        Files.createDirectories(folder.resolve("config")),
                        () -> NAME);
        logTo(environment);
        var node = new org.elasticsearch.node.Node(environment, modules(environment));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
        Thread.currentThread().join();
    }

    private static Settings settings(Path home, Path folder, String port) {
        Settings.Builder settings = Settings.builder();
        String password = System.getenv().getOrDefault("BUNCO_SERVICES_PASSWORD", "");
        if (!password.isEmpty()) {
            KeyStoreWrapper keystore = KeyStoreWrapper.create();
            keystore.setString("bootstrap.password", password.toCharArray());
            settings.setSecureSettings(keystore);
        }
        return settings.put("cluster.name", NAME)
                .put("node.name", NAME)
                .put("path.home", home)
                .put("path.data", folder.resolve("data"))
                .put("path.logs", folder.resolve("logs"))
                .put("http.host", "127.0.0.1")
                .put("http.port", port)
                .put("transport.host", "127.0.0.1")
                .put("discovery.type", "single-node")
                .put("xpack.security.enabled", !password.isEmpty())
                .put("xpack.security.enrollment.enabled", false)
                .put("xpack.security.http.ssl.enabled", false)
                .put("xpack.security.transport.ssl.enabled", false)
                // A developer's disk is often fuller than 95 %; there, indices would turn read-only.
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .build();
    }

    private static void logTo(Environment environment) throws Exception {
        LogConfigurator.setNodeName(NAME);
        LogConfigurator.setClusterName(NAME);
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment, true);
    }

    private static PluginsLoader modules(Environment environment) {
        return PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(environment.modulesDir(), false),
                PluginsLoader.loadPluginsBundles(environment.pluginsDir(), false),
                Map.of());
    }

    private static void close(org.elasticsearch.node.Node node) {
        try {
            node.close();
        } catch (Exception broken) {
            broken.printStackTrace();
        }
    }
}
