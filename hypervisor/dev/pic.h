/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the two 8259s: moved away from the exceptions' vectors and masked for good.
 */
#ifndef DEV_PIC_H
#define DEV_PIC_H

void pic_disable(void);

#endif
