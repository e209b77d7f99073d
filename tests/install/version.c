/* version.c - a program as an application writes it, for check.sh. */
#include <tls-native.h>

#include <stdio.h>

int main(void)
{
    tlsn_config *config = NULL;
    tlsn_status status = tlsn_config_new(&config, NULL);

    if (status == TLSN_OK)
        status = tlsn_config_freeze(config);
    tlsn_config_free(config);
    printf("%s %s\n", tlsn_version_string(), tlsn_status_text(status));
    return status != TLSN_OK && status != TLSN_ERR_NO_TRUST;
}
