/* What the files share. */
#include <proctor.h>

/* The limit of waits that are in vain. */
#define SHORT_MS 300

/* The machines. */
#define ALPHA PROCTOR_TRY(proctor_get_machine("alpha"))
#define BETA PROCTOR_TRY(proctor_get_machine("beta"))
