// Bouncy Castle's own TLS behind the commands of tests/interop/driver.py. args[0]: a file of NAME=CODE=...
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.DSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.*;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSRPConfig;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedAgreement;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedDecryptor;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

public class BouncyCastle extends Commands {
    static final BcTlsCrypto CRYPTO = new BcTlsCrypto(new SecureRandom());
    static final Map<String, ProtocolVersion> VERSIONS = new LinkedHashMap<>();
    static final String[] GROUPS = {"secp192r1", "secp224r1", "secp256r1", "secp384r1", "secp521r1",
        "secp256k1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "x25519", "x448", "ffdhe2048",
        "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"};
    static List<Integer> known = new ArrayList<>();

    static {
        VERSIONS.put("tls1.0", ProtocolVersion.TLSv10);
        VERSIONS.put("tls1.1", ProtocolVersion.TLSv11);
        VERSIONS.put("tls1.2", ProtocolVersion.TLSv12);
        VERSIONS.put("tls1.3", ProtocolVersion.TLSv13);
    }

    @Override
    Map<String, Object> can() {
        List<Object> suites = new ArrayList<>();
        for (int code : known) {
            try {
                if (TlsUtils.isSupportedCipherSuite(CRYPTO, code)) {
                    suites.add(code);
                }
            } catch (RuntimeException unknown) {
                continue;
            }
        }
        Map<String, Object> o = new LinkedHashMap<>();
        String version = BcTlsCrypto.class.getPackage().getImplementationVersion();
        o.put("title", "Bouncy Castle" + (version == null ? "" : " " + version));
        o.put("versions", new ArrayList<>(VERSIONS.keySet()));
        o.put("suites", suites);
        o.put("groups", Arrays.asList(GROUPS));
        o.put("certs", List.of("rsa", "p256", "p384", "p521", "ed25519", "dsa"));
        o.put("client", List.of("retry", "verify"));
        o.put("server", List.of("retry", "psk-retry"));
        o.put("broken", Map.of("client psk-retry", "ends with an error over a second ClientHello with its key"));
        o.put("features", List.of("alpn", "client-cert", "ems", "etm", "resume-id", "psk-sha256",
            "psk-sha384"));
        return o;
    }

    // ---- keys

    static byte[] der(String path) throws IOException {
        String pem = Files.readString(Paths.get(path));
        String first = pem.substring(pem.indexOf("-----BEGIN"), pem.indexOf("-----END"));
        return Base64.getMimeDecoder().decode(first.replaceAll("-----[A-Z ]*-----", ""));
    }

    static boolean isTls13(TlsContext context) {
        return TlsUtils.isTLSv13(context);
    }

    static Certificate chain(String path) throws IOException {
        return new Certificate(new TlsCertificate[] {CRYPTO.createCertificate(der(path))});
    }

    /** In the form of TLS 1.3: with the context of the request that it answers, which is empty for servers. */
    static Certificate chain13(String path, byte[] request) throws IOException {
        return new Certificate(request, new CertificateEntry[] {
            new CertificateEntry(CRYPTO.createCertificate(der(path)), null)});
    }

    static AsymmetricKeyParameter key(String path) throws IOException {
        return PrivateKeyFactory.createKey(der(path));
    }

    /** The first scheme of the peer's list that goes with a key. */
    static SignatureAndHashAlgorithm scheme(Vector<?> offered, AsymmetricKeyParameter key) {
        short wanted = key instanceof RSAKeyParameters ? SignatureAlgorithm.rsa
            : key instanceof DSAPrivateKeyParameters ? SignatureAlgorithm.dsa
            : key instanceof ECPrivateKeyParameters ? SignatureAlgorithm.ecdsa : SignatureAlgorithm.ed25519;
        if (offered == null) {
            return null;
        }
        for (Object one : offered) {
            SignatureAndHashAlgorithm s = (SignatureAndHashAlgorithm) one;
            if (s.getSignature() == wanted) {
                return s;
            }
        }
        return null;
    }

    /** The same in TLS 1.3, which has neither PKCS#1 nor curves of another scheme. */
    static SignatureAndHashAlgorithm scheme13(Vector<?> offered, AsymmetricKeyParameter key) {
        for (Object one : offered) {
            int code = SignatureScheme.from((SignatureAndHashAlgorithm) one);
            String name = SignatureScheme.getName(code);
            boolean fits = key instanceof RSAKeyParameters ? name.startsWith("rsa_pss_rsae_")
                : key instanceof ECPrivateKeyParameters ? SignatureScheme.isECDSA(code)
                    && name.startsWith("ecdsa_secp" + ((ECPrivateKeyParameters) key).getParameters().getCurve()
                        .getFieldSize() + "r1_") : name.equals("ed25519");
            if (fits) {
                return (SignatureAndHashAlgorithm) one;
            }
        }
        return null;
    }

    static TlsCredentialedSigner signer(TlsContext context, Vector<?> offered, Map<String, String> words,
            byte[] request) throws IOException {
        AsymmetricKeyParameter key = key(words.get("key"));
        if (isTls13(context)) {
            return new BcDefaultTlsCredentialedSigner(new TlsCryptoParameters(context), CRYPTO, key,
                chain13(words.get("cert"), request), scheme13(offered, key));
        }
        boolean tls12 = TlsUtils.isTLSv12(context);
        return new BcDefaultTlsCredentialedSigner(new TlsCryptoParameters(context), CRYPTO, key,
            chain(words.get("cert")), tls12 ? scheme(offered, key) : null);
    }

    static void judge(Certificate chain, Map<String, String> words) throws IOException {
        try (InputStream in = new FileInputStream(words.get("ca"))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            X509Certificate ca = (X509Certificate) factory.generateCertificate(in);
            X509Certificate leaf = (X509Certificate) factory.generateCertificate(
                new java.io.ByteArrayInputStream(chain.getCertificateAt(0).getEncoded()));
            leaf.verify(ca.getPublicKey());
            if (words.containsKey("port") && !leaf.getSubjectAlternativeNames().toString()
                    .contains(words.get("name"))) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate);
            }
        } catch (java.security.GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.unknown_ca, e);
        }
    }

    // ---- what both roles say

    static Vector<ProtocolName> protocols(Map<String, String> words) {
        Vector<ProtocolName> names = new Vector<>();
        for (String name : words.getOrDefault("alpn", "").split(",")) {
            if (!name.isEmpty()) {
                names.add(ProtocolName.asUtf8Encoding(name));
            }
        }
        return names.isEmpty() ? null : names;
    }

    static byte[] bytes(String hex) {
        return new BigInteger("01" + hex, 16).toByteArray().length > 0
            ? Arrays.copyOfRange(new BigInteger("01" + hex, 16).toByteArray(), 1, 1 + hex.length() / 2) : null;
    }

    /** A key of TLS 1.3, or null. */
    static TlsPSKExternal external(Map<String, String> words) {
        return words.containsKey("psk_hash") ? new BasicTlsPSKExternal(words.get("identity").getBytes(),
            CRYPTO.createSecret(bytes(words.get("psk"))), words.get("psk_hash").equals("sha384")
                ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256) : null;
    }

    static Map<String, Object> describe(TlsContext context) {
        SecurityParameters p = context.getSecurityParametersConnection();
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("ok", false);
        o.put("data", false);
        for (Map.Entry<String, ProtocolVersion> v : VERSIONS.entrySet()) {
            if (v.getValue().equals(p.getNegotiatedVersion())) {
                o.put("version", v.getKey());
            }
        }
        o.put("suite", p.getCipherSuite());
        if (!isTls13(context)) {
            o.put("ems", p.isExtendedMasterSecret());
            o.put("etm", p.isEncryptThenMAC());
        }
        o.put("alpn", p.getApplicationProtocol() == null ? "" : p.getApplicationProtocol().getUtf8Decoding());
        return o;
    }

    static int group(String name) {
        try {
            return NamedGroup.class.getField(name).getInt(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static int[] only(Map<String, String> words) {
        return new int[] {Integer.decode(words.get("suite"))};
    }

    // ---- client

    static class Client extends DefaultTlsClient {
        final Map<String, String> words;
        TlsSession session;
        boolean resumed;

        Client(Map<String, String> words, TlsSession session) {
            super(CRYPTO);
            this.words = words;
            this.session = session;
        }

        TlsContext context() {
            return context;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return VERSIONS.get(words.get("version")).only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return only(words);
        }

        @Override
        protected Vector<ProtocolName> getProtocolNames() {
            return protocols(words);
        }

        @Override
        protected Vector<ServerName> getSNIServerNames() {
            Vector<ServerName> names = new Vector<>();
            names.add(new ServerName(NameType.host_name, "localhost".getBytes()));
            return names;
        }

        @Override
        protected Vector<Integer> getSupportedGroups(Vector roles) {
            Vector<Integer> groups = new Vector<>();
            String[] names = words.containsKey("retry") ? new String[] {"x25519", words.get("group")}
                : words.containsKey("group") ? new String[] {words.get("group")} : GROUPS;
            for (String name : names) {
                groups.add(group(name));
            }
            return groups;
        }

        @Override
        public Vector<?> getExternalPSKs() {
            TlsPSKExternal key = external(words);
            return key == null ? null : TlsUtils.vectorOfOne(key);
        }

        @Override
        public TlsPSKIdentity getPSKIdentity() {
            return words.containsKey("psk")
                ? new BasicTlsPSKIdentity(words.get("identity"), bytes(words.get("psk"))) : null;
        }

        @Override
        public TlsSRPIdentity getSRPIdentity() {
            return words.containsKey("srp_user") ? new BasicTlsSRPIdentity(
                words.get("srp_user").getBytes(), words.get("srp_password").getBytes()) : null;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public java.util.Hashtable getClientExtensions() throws IOException {
            java.util.Hashtable extensions = super.getClientExtensions();
            if (words.containsKey("srp_user")) {
                extensions = TlsExtensionsUtils.ensureExtensionsInitialised(extensions);
                TlsSRPUtils.addSRPExtension(extensions, words.get("srp_user").getBytes());
            }
            return extensions;
        }

        @Override
        public Vector<?> getEarlyKeyShareGroups() {
            return words.containsKey("retry") ? TlsUtils.vectorOfOne(NamedGroup.x25519)
                : words.containsKey("group") ? new Vector<>(getSupportedGroups(null)) : super.getEarlyKeyShareGroups();
        }

        @Override
        public TlsSession getSessionToResume() {
            return session;
        }

        @Override
        public void notifySessionToResume(TlsSession offered) {
            resumed = offered != null;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate shown) throws IOException {
                    judge(shown.getCertificate(), words);
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                    return words.containsKey("cert")
                        ? signer(context, request.getSupportedSignatureAlgorithms(), words,
                            request.getCertificateRequestContext()) : null;
                }
            };
        }
    }

    static Map<String, Object> connect(Client client) {
        Map<String, Object> o;
        int port = Integer.parseInt(client.words.get("port"));
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), port)) {
            raw.setSoTimeout(LIMIT_MS);
            TlsClientProtocol protocol = new TlsClientProtocol(raw.getInputStream(), raw.getOutputStream());
            protocol.connect(client);
            o = describe(client.context());
            TlsSession before = client.session;
            client.session = client.context().getSession();
            o.put("resumed", before != null && Arrays.equals(before.getSessionID(),
                client.session.getSessionID()) ? "id" : "");
            protocol.getOutputStream().write((GREETING + "\n").getBytes());
            boolean data = line(protocol.getInputStream()).equals(GREETING);
            o.put("data", data);
            protocol.close();
            o.put("ok", data);
        } catch (Exception e) {
            o = failed(e);
        }
        return o;
    }

    @Override
    Map<String, Object> client(Map<String, String> words) {
        Client first = new Client(words, null);
        Map<String, Object> o = connect(first);
        if (words.containsKey("resume") && Boolean.TRUE.equals(o.get("ok"))) {
            o = connect(new Client(words, first.session));
        }
        return o;
    }

    // ---- server

    static class Server extends DefaultTlsServer {
        final Map<String, String> words;
        final Map<String, TlsSession> sessions;
        boolean shown, resumed;

        Server(Map<String, String> words, Map<String, TlsSession> sessions) {
            super(CRYPTO);
            this.words = words;
            this.sessions = sessions;
        }

        TlsContext context() {
            return context;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return VERSIONS.get(words.get("version")).only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return only(words);
        }

        @Override
        public int[] getSupportedGroups() throws IOException {
            return words.containsKey("group") ? new int[] {group(words.get("group"))} : super.getSupportedGroups();
        }

        @Override
        protected Vector<ProtocolName> getProtocolNames() {
            return protocols(words);
        }

        @Override
        public byte[] getNewSessionID() {
            byte[] id = new byte[32];
            new SecureRandom().nextBytes(id);
            return words.containsKey("resume") ? id : null;
        }

        @Override
        public TlsSession getSessionToResume(byte[] id) {
            TlsSession found = sessions.get(Arrays.toString(id));
            resumed = found != null;
            return found;
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            Vector<?> offered = context.getSecurityParametersHandshake().getClientSigAlgs();
            switch (context.getSecurityParametersHandshake().getKeyExchangeAlgorithm()) {
            case KeyExchangeAlgorithm.DHE_DSS:
            case KeyExchangeAlgorithm.DHE_RSA:
            case KeyExchangeAlgorithm.ECDHE_ECDSA:
            case KeyExchangeAlgorithm.ECDHE_RSA:
            case KeyExchangeAlgorithm.SRP_DSS:
            case KeyExchangeAlgorithm.SRP_RSA:
            case KeyExchangeAlgorithm.NULL: // TLS 1.3
                return signer(context, offered, words, TlsUtils.EMPTY_BYTES);
            case KeyExchangeAlgorithm.DH_DSS:
            case KeyExchangeAlgorithm.DH_RSA:
            case KeyExchangeAlgorithm.ECDH_ECDSA:
            case KeyExchangeAlgorithm.ECDH_RSA:
                return new BcDefaultTlsCredentialedAgreement(CRYPTO, chain(words.get("cert")),
                    key(words.get("key")));
            case KeyExchangeAlgorithm.RSA:
            case KeyExchangeAlgorithm.RSA_PSK:
                return new BcDefaultTlsCredentialedDecryptor(CRYPTO, chain(words.get("cert")),
                    key(words.get("key")));
            default:
                return null;
            }
        }

        @Override
        public TlsPSKExternal getExternalPSK(Vector offered) {
            for (Object one : offered) {
                if (Arrays.equals(((PskIdentity) one).getIdentity(), words.get("identity").getBytes())) {
                    return external(words);
                }
            }
            return null;
        }

        @Override
        public TlsPSKIdentityManager getPSKIdentityManager() {
            return new TlsPSKIdentityManager() {
                @Override
                public byte[] getHint() {
                    return null;
                }

                @Override
                public byte[] getPSK(byte[] identity) {
                    return new String(identity).equals(words.get("identity")) ? bytes(words.get("psk")) : null;
                }
            };
        }

        @Override
        public TlsSRPLoginParameters getSRPLoginParameters() {
            org.bouncycastle.crypto.params.SRP6GroupParameters group =
                org.bouncycastle.crypto.agreement.srp.SRP6StandardGroups.rfc5054_2048;
            byte[] identity = words.get("srp_user").getBytes(), salt = bytes("000102030405060708090a0b0c0d0e0f");
            TlsSRPConfig config = new TlsSRPConfig();
            config.setExplicitNG(new BigInteger[] {group.getN(), group.getG()});
            org.bouncycastle.crypto.agreement.srp.SRP6VerifierGenerator maker =
                new org.bouncycastle.crypto.agreement.srp.SRP6VerifierGenerator();
            maker.init(group, new org.bouncycastle.crypto.digests.SHA1Digest());
            return new TlsSRPLoginParameters(identity, config,
                maker.generateVerifier(salt, identity, words.get("srp_password").getBytes()), salt);
        }

        @Override
        public CertificateRequest getCertificateRequest() throws IOException {
            if (!"require".equals(words.get("auth"))) {
                return null;
            }
            Vector<?> schemes = TlsUtils.isTLSv12(context)
                ? TlsUtils.getDefaultSupportedSignatureAlgorithms(context) : null;
            if (isTls13(context)) {
                return new CertificateRequest(TlsUtils.EMPTY_BYTES, schemes, null, null);
            }
            return new CertificateRequest(new short[] {ClientCertificateType.rsa_sign,
                ClientCertificateType.ecdsa_sign, ClientCertificateType.dss_sign}, schemes, null);
        }

        @Override
        public void notifyClientCertificate(Certificate chain) throws IOException {
            if (chain == null || chain.isEmpty()) {
                throw new TlsFatalAlert(AlertDescription.handshake_failure);
            }
            judge(chain, words);
            shown = true;
        }
    }

    static Map<String, Object> serve(ServerSocket listener, Server server) {
        Map<String, Object> o;
        try (Socket raw = listener.accept()) {
            raw.setSoTimeout(LIMIT_MS);
            TlsServerProtocol protocol = new TlsServerProtocol(raw.getInputStream(), raw.getOutputStream());
            protocol.accept(server);
            o = describe(server.context());
            if (!server.resumed) {
                o.put("client_cert", server.shown);
            }
            o.put("resumed", server.resumed ? "id" : "");
            TlsSession session = server.context().getSession();
            if (session != null) {
                server.sessions.put(Arrays.toString(session.getSessionID()), session);
            }
            InputStream in = protocol.getInputStream();
            OutputStream out = protocol.getOutputStream();
            for (String text = line(in); !text.isEmpty(); text = line(in)) {
                o.put("data", text.equals(GREETING));
                out.write((text + "\n").getBytes());
            }
            protocol.close();
            o.put("ok", true);
        } catch (Exception e) {
            o = failed(e);
        }
        return o;
    }

    @Override
    void server(Map<String, String> words) throws Exception {
        Map<String, TlsSession> sessions = new HashMap<>();
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(LIMIT_MS);
            System.out.println("{\"port\": " + listener.getLocalPort() + "}");
            for (int left = Integer.parseInt(words.get("accepts")); left > 0; left--) {
                System.out.println(json(serve(listener, new Server(words, sessions))));
            }
        }
    }

    public static void main(String[] args) throws Exception {
        for (String row : Files.readAllLines(Paths.get(args[0]))) {
            known.add(Integer.decode(row.split("=")[1]));
        }
        new BouncyCastle().run();
    }
}
